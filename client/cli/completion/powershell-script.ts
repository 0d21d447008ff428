/**
 * For Windows PowerShell 5.1 and PowerShell 7.
 *
 * @see https://learn.microsoft.com/powershell/module/microsoft.powershell.core/register-argumentcompleter
 */
export const powershellScript = `# PowerShell completion for routefleet. Load it with: routefleet completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName routefleet -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object {
            if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
        }) + @("$wordToComplete" -replace '^["'']|["'']$', '')
    $marked = @($words | ForEach-Object { ":$_" })
    # Where nothing is returned, PowerShell offers names of files.
    routefleet __complete @marked 2>$null | Where-Object { $_ -notlike ':*' } | ForEach-Object {
        $word, $description = $_ -split "\`t", 2
        if (-not $description) { $description = $word }
        [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $description)
    }
}
`;
