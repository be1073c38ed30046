import type { DescribedCommand } from './described-command.ts';

/** A completion script for bash 3.2 and newer. File names are left to bash itself (`-o default`). */
export function bashScript(commands: readonly DescribedCommand[]): string {
  const names = commands.map(({ name }) => name);
  const options = new Map(
    commands.flatMap((command) => command.options.map((option) => [option.flag, option])),
  );
  const valueCases = [...options.values()].flatMap(({ flag, value }) => {
    if (value === null) return [];
    const words =
      value === 'folder' ? 'compgen -d' : value === 'anything' ? null : `compgen -W '${value.join(' ')}'`;
    return words === null
      ? [`    ${flag}) COMPREPLY=(); return ;;`]
      : [`    ${flag}) COMPREPLY=($(${words} -- "$current")); return ;;`];
  });
  const worded = commands.flatMap(({ name, argument }) => (Array.isArray(argument) ? [name] : []));
  const commandCases = commands.map(({ name, options: own, argument }) => {
    const words = [...own.map(({ flag }) => flag), ...(Array.isArray(argument) ? argument : [])];
    return `    ${name}) words='${words.join(' ')}' ;;`;
  });
  return `# bash completion for tallystick. To use it: source <(tallystick completion bash)
_tallystick() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command='' word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      ${names.join('|')}) command="$word"; break ;;
    esac
  done
  case "$previous" in
${valueCases.join('\n')}
  esac
  case "$command" in
${commandCases.join('\n')}
    *) words='${[...names, '--help', '--version'].join(' ')}' ;;
  esac
  if [[ "$current" == -* || -z "$command" || " ${worded.join(' ')} " == *" $command "* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=()
  fi
}
complete -o default -F _tallystick tallystick
`;
}
