import type { DescribedCommand, DescribedOption } from './described-command.ts';

/** A completion script for zsh, with its _arguments and _describe. */
export function zshScript(commands: readonly DescribedCommand[]): string {
  const list = commands.map(
    ({ name, about }) => `    ${quote(`${escapeColon(name)}:${escapeColon(about)}`)}`,
  );
  const cases = commands.map(({ name, options, argument }) => {
    const specs = options.map(optionSpec);
    if (argument === 'path') specs.push(quote('*:file:_files'));
    else if (argument !== null) specs.push(quote(`1:value:(${argument.join(' ')})`));
    return `    ${name})\n      _arguments ${specs.join(' \\\n        ')} ;;`;
  });
  return `#compdef tallystick
# zsh completion for tallystick. To use it: tallystick completion zsh > a folder of your $fpath, as _tallystick
_tallystick() {
  local -a commands
  commands=(
${list.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command="\${words[2]}"
  shift words
  (( CURRENT -= 1 ))
  case "$command" in
${cases.join('\n')}
  esac
}
compdef _tallystick tallystick
`;
}

function optionSpec({ flag, about, value }: DescribedOption): string {
  const text = about.replaceAll(/[[\]]/g, '').replaceAll(':', '\\:');
  const rest =
    value === null
      ? ''
      : value === 'folder'
        ? ':folder:_files -/'
        : value === 'anything'
          ? ':value: '
          : `:value:(${value.join(' ')})`;
  return quote(`*${flag}[${text}]${rest}`);
}

function escapeColon(text: string): string {
  return text.replaceAll(':', '\\:');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
