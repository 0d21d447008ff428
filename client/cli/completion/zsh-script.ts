/**
 * As a file in `$fpath` zsh runs it at the first completion; sourced, it registers itself.
 *
 * @see https://zsh.sourceforge.io/Doc/Release/Completion-System.html
 */
export const zshScript = `#compdef routefleet
# zsh completion for routefleet. Save it as _routefleet in a directory of $fpath, or load it behind compinit with:
# source <(routefleet completion zsh)
_routefleet() {
  local line files
  local -a before candidates options
  before=("\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}")
  for line in "\${(@f)$(routefleet __complete "\${(@)before/#/:}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      :files) files=1 ;;
      :nospace) options=(-S '') ;;
      *$'\\t'*) candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
      *) candidates+=("\${line//:/\\\\:}") ;;
    esac
  done
  if [[ -n $files ]]; then
    compset -P '--*='
    _files
  elif (( $#candidates )); then
    _describe routefleet candidates $options
  fi
}
if [[ $funcstack[1] == _routefleet ]]; then
  _routefleet "$@"
else
  compdef _routefleet routefleet
fi
`;
