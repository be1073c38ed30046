import type { DescribedCommand } from './described-command.ts';

/** A completion script for fish. */
export function fishScript(commands: readonly DescribedCommand[]): string {
  const lines = commands.flatMap(({ name, about, options, argument }) => {
    const inside = `-n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c tallystick -n __fish_use_subcommand -f -a ${name} -d ${quote(about)}`,
      ...options.map(({ flag, about: text, value }) => {
        const takes =
          value === null
            ? ''
            : value === 'folder'
              ? " -x -a '(__fish_complete_directories)'"
              : value === 'anything'
                ? ' -x'
                : ` -x -a ${quote(value.join(' '))}`;
        return `complete -c tallystick ${inside} -l ${flag.slice(2)}${takes} -d ${quote(text)}`;
      }),
      ...(Array.isArray(argument)
        ? [`complete -c tallystick ${inside} -f -a ${quote(argument.join(' '))}`]
        : []),
    ];
  });
  return `# fish completion for tallystick. To use it: tallystick completion fish | source\n${lines.join('\n')}\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
