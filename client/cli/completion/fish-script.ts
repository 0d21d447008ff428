/** @see https://fishshell.com/docs/current/cmds/complete.html */
export const fishScript = `# fish completion for routefleet. Load it with: routefleet completion fish | source
function __routefleet_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -e words[1]
    for line in (routefleet __complete :$words ":$current" 2>/dev/null)
        switch $line
            case ':files'
                set -l before (string match -r -- '^--[^=]*=' $current)
                __fish_complete_path (string replace -r -- '^--[^=]*=' '' "$current") | string replace -r '^' -- "$before"
            case ':*'
                # fish itself adds no space behind "=" and ":".
            case '*'
                echo $line
        end
    end
end
complete -c routefleet -e
complete -c routefleet -f -a '(__routefleet_complete)'
`;
