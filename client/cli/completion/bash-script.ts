/**
 * For bash 3.2 (macOS) and newer.
 *
 * @see https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html
 */
export const bashScript = `# bash completion for routefleet. Load it with: source <(routefleet completion bash)
_routefleet() {
  local rest=\${COMP_LINE:0:COMP_POINT} words=() word glued i
  # bash cuts words at "=", ":" and "@" as well; what no space stands before belongs to the word before it.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    glued=
    [[ $i -gt 0 && $rest != [[:space:]]* ]] && glued=1
    rest=\${rest#"\${rest%%[![:space:]]*}"}
    word=\${COMP_WORDS[i]}
    [[ $i -eq $COMP_CWORD ]] && word=$rest
    rest=\${rest#"$word"}
    word=\${word//[\\"\\'\\\\]/}
    if [[ $glued ]]; then words[\${#words[@]}-1]+=$word; else words+=("$word"); fi
  done
  words=("\${words[@]:1}")
  # It puts in only what stands behind the last such cut.
  local current=\${words[\${#words[@]}-1]} cuts=\${COMP_WORDBREAKS//[!=:]/} before= files=
  [[ $cuts && $current == *["$cuts"]* ]] && before=\${current%"\${current##*["$cuts"]}"}
  # Readline keeps an "@" with what follows it.
  [[ $COMP_WORDBREAKS == *@* && \${current#"$before"} == *@* ]] && before=\${current%@*}
  COMPREPLY=()
  while IFS= read -r word; do
    case $word in
      :files) files=1 ;;
      :nospace) compopt -o nospace 2>/dev/null ;;
      *)
        word=\${word%%$'\\t'*}
        [[ $word == "$before" ]] || COMPREPLY+=("\${word#"$before"}")
        ;;
    esac
  done < <(routefleet __complete "\${words[@]/#/:}" 2>/dev/null)
  # Without compopt (bash 3) a name with a space is not quoted.
  [[ -z $files ]] || compopt -o default 2>/dev/null || while IFS= read -r word; do
    COMPREPLY+=("$word")
  done < <(compgen -f -- "\${current##*=}")
}
complete -F _routefleet routefleet
`;
