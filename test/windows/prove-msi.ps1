#requires -Version 5.1
#requires -RunAsAdministrator
<#
.SYNOPSIS
Proves routefleet-agent.msi on this Windows machine: installed, asked, removed.

.DESCRIPTION
Refuses a machine on which there is an agent already. %ProgramData%\routefleet, which an uninstall keeps, stays.

.PARAMETER Msi
The installer.

.EXAMPLE
powershell -ExecutionPolicy Bypass -File test\windows\prove-msi.ps1 -Msi dist\windows\routefleet-agent.msi
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)] [string] $Msi
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$programs = Join-Path $env:ProgramFiles 'routefleet'
$agent = Join-Path $programs 'routefleet-agent.exe'
$log = Join-Path $env:TEMP 'routefleet-agent-msi.log'

# Runs msiexec to its end; throws with the end of its log unless it succeeded.
function Invoke-Msiexec {
    param([string] $Action)
    $path = (Resolve-Path -LiteralPath $Msi).ProviderPath
    $process = Start-Process -FilePath 'msiexec.exe' -ArgumentList @($Action, "`"$path`"", '/qn', '/norestart', '/l*v', "`"$log`"") -Wait -PassThru
    if ($process.ExitCode -ne 0 -and $process.ExitCode -ne 3010) {
        Get-Content -LiteralPath $log -Tail 60 | Out-Host
        throw "msiexec $Action ended with exit code $($process.ExitCode)"
    }
}

function Assert-That {
    param([bool] $Condition, [string] $What)
    if (-not $Condition) { throw "not so: $What" }
    Write-Host "ok: $What"
}

if ($null -ne (Get-Service -Name 'routefleet-agent' -ErrorAction SilentlyContinue)) {
    throw 'there is a routefleet agent on this machine already. Remedy: use a machine without one, or remove it first'
}
try {
    Invoke-Msiexec -Action '/i'
    $service = Get-CimInstance -ClassName Win32_Service -Filter "Name='routefleet-agent'"
    Assert-That ($null -ne $service) 'the service is installed'
    Assert-That ($service.StartMode -eq 'Auto') 'the service starts by itself'
    Assert-That ($service.StartName -eq 'LocalSystem') 'the service runs as SYSTEM'
    Assert-That ($service.PathName -eq "`"$agent`" service run") 'the service runs the installed executable'
    Assert-That (Test-Path -LiteralPath (Join-Path $env:ProgramData 'routefleet\config.yaml')) 'there is a first configuration'
    Assert-That ([System.Diagnostics.EventLog]::SourceExists('routefleet-agent')) 'the Event Log knows the source'
    $version = & $agent --version
    Assert-That ((Get-Item -LiteralPath $agent).VersionInfo.ProductVersion -eq $version) 'the version resource tells the version that the agent tells'
    Assert-That (@(Get-ChildItem -LiteralPath (Join-Path $programs 'native')).Count -eq 1) 'the native module is unpacked once'
    $path = [Environment]::GetEnvironmentVariable('Path', 'Machine')
    Assert-That (($path -split ';') -contains "$programs\") 'the programs are in the PATH'
}
finally {
    Invoke-Msiexec -Action '/x'
}
Assert-That ($null -eq (Get-Service -Name 'routefleet-agent' -ErrorAction SilentlyContinue)) 'the service is gone'
Assert-That (-not (Test-Path -LiteralPath $programs)) 'the programs are gone'
Assert-That (-not [System.Diagnostics.EventLog]::SourceExists('routefleet-agent')) 'the source of the Event Log is gone'
Assert-That (Test-Path -LiteralPath (Join-Path $env:ProgramData 'routefleet\config.yaml')) 'the configuration is kept'
