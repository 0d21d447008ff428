#requires -Version 5.1
#requires -RunAsAdministrator
<#
.SYNOPSIS
Proves routefleet on this Windows machine: the contract suite on the real iphlpapi.dll, the listing beside Get-NetRoute, times beside New-NetRoute
and netsh.

.DESCRIPTION
Run it in Windows PowerShell 5.1, elevated, in a checkout after "npm ci". It touches the two adapters of the names below and nothing else: it takes
those that are there, and makes loopback adapters for those that are not. What it made it takes away at the end, also after an error, and again at
the next run after a crash. What is decided and what is compared stands in test/windows-host, where it is tested.

.PARAMETER ReportDirectory
Where report.md and report.json shall be. Default: prove-report in the checkout.

.PARAMETER Count
Routes that the times are taken of.

.PARAMETER RemoveAdapters
Removes the loopback adapters of these names at the end also when an earlier run made them.

.EXAMPLE
powershell -ExecutionPolicy Bypass -File test\windows\prove.ps1
#>
[CmdletBinding()]
param(
    [string] $ReportDirectory = '',
    [ValidateRange(1, 200)] [int] $Count = 100,
    [switch] $RemoveAdapters
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$repository = Split-Path -Parent (Split-Path -Parent $PSScriptRoot)
if ($ReportDirectory -eq '') { $ReportDirectory = Join-Path $repository 'prove-report' }
$loopbackDescription = 'Microsoft KM-TEST Loopback Adapter*'
# Networks as test/windows-host/test-interfaces.ts has them.
$marked = @(
    @{ Alias = 'routefleet-test'; IPv4 = '192.0.2.1'; IPv6 = 'fd72:6f75:7465:1::1'; NextHop = '192.0.2.254' },
    @{ Alias = 'routefleet-test-2'; IPv4 = '198.51.100.1'; IPv6 = 'fd72:6f75:7465:2::1'; NextHop = '198.51.100.254' }
)
$madeAdapters = New-Object System.Collections.ArrayList
$problems = New-Object System.Collections.ArrayList

function Write-Step {
    param([string] $Text)
    Write-Host "== $Text"
}

# Runs a program whose output is shown; returns its exit code.
function Invoke-Program {
    param([string] $Program, [string[]] $Arguments)
    & $Program @Arguments | Out-Host
    return $LASTEXITCODE
}

# Runs test/windows-host/prove.ts; returns what it prints.
function Invoke-Prove {
    param([string[]] $Arguments)
    $output = & node.exe --import tsx test/windows-host/prove.ts @Arguments
    if ($LASTEXITCODE -ne 0) { throw "prove.ts $($Arguments[0]) ended with exit code $LASTEXITCODE" }
    return ($output -join "`n")
}

function Save-Json {
    param([string] $Name, [string] $Json)
    Set-Content -LiteralPath (Join-Path $ReportDirectory $Name) -Value $Json -Encoding UTF8
}

# Takes the adapter of that name, or makes a loopback adapter of that name.
function Initialize-Adapter {
    param([string] $Alias)
    $found = Get-NetAdapter -Name $Alias -ErrorAction SilentlyContinue
    if ($null -eq $found) {
        Write-Step "making the loopback adapter $Alias"
        $before = @(Get-NetAdapter -IncludeHidden | ForEach-Object { $_.InterfaceGuid })
        [Routefleet.Test.LoopbackAdapter]::Create()
        for ($try = 0; $try -lt 60; $try++) {
            $new = @(Get-NetAdapter -InterfaceDescription $loopbackDescription -ErrorAction SilentlyContinue |
                    Where-Object { $before -notcontains $_.InterfaceGuid })
            if ($new.Count -gt 0) { break }
            Start-Sleep -Milliseconds 500
        }
        if ($new.Count -ne 1) { throw "Windows shows $($new.Count) new loopback adapters instead of one. Remedy: remove them in the Device Manager, and run this again" }
        [void] $madeAdapters.Add($new[0].PnPDeviceID)
        Rename-NetAdapter -Name $new[0].Name -NewName $Alias
    }
    $default = @(Get-NetRoute -InterfaceAlias $Alias -DestinationPrefix '0.0.0.0/0', '::/0' -ErrorAction SilentlyContinue)
    if ($default.Count -gt 0) { throw "the adapter $Alias has a default route, so it is not one for tests. Remedy: give another adapter that name" }
}

function Initialize-Address {
    param([string] $Alias, [string] $Address, [int] $PrefixLength, [string] $Family)
    if (@(Get-NetIPAddress -InterfaceAlias $Alias -IPAddress $Address -ErrorAction SilentlyContinue).Count -eq 0) {
        Set-NetIPInterface -InterfaceAlias $Alias -AddressFamily $Family -Dhcp Disabled
        [void] (New-NetIPAddress -InterfaceAlias $Alias -IPAddress $Address -PrefixLength $PrefixLength -PolicyStore ActiveStore)
    }
    for ($try = 0; $try -lt 60; $try++) {
        $state = (Get-NetIPAddress -InterfaceAlias $Alias -IPAddress $Address).AddressState
        if ("$state" -eq 'Preferred') { return }
        Start-Sleep -Milliseconds 500
    }
    throw "the address $Address of $Alias is $state and not Preferred after 30 seconds. Remedy: see that no other adapter has it"
}

# Static routes of a marked adapter are those of this test.
function Clear-TestRoute {
    param([string] $Alias)
    Get-NetRoute -InterfaceAlias $Alias -ErrorAction SilentlyContinue |
        Where-Object { "$($_.Protocol)" -eq 'NetMgmt' } |
        Remove-NetRoute -Confirm:$false
}

function Clear-TestAddress {
    param([string] $Alias, [string] $Address)
    Get-NetIPAddress -InterfaceAlias $Alias -IPAddress $Address -ErrorAction SilentlyContinue | Remove-NetIPAddress -Confirm:$false
}

function Invoke-Contract {
    Write-Step 'the contract suite on iphlpapi.dll'
    $env:ROUTEFLEET_TEST_INTERFACES = ($marked | ForEach-Object { $_.Alias }) -join ','
    $output = Join-Path $ReportDirectory 'contract.json'
    $code = Invoke-Program -Program 'npx.cmd' -Arguments @('vitest', 'run', '--project', 'windows-host', '--reporter=default', '--reporter=json', "--outputFile.json=$output")
    Write-Step "the contract suite ended with exit code $code"
}

# Up to three times: other programs may change the table between the two readings.
function Compare-Listing {
    Write-Step 'the listing of the agent, and Get-NetRoute'
    $file = Join-Path $ReportDirectory 'get-net-route.json'
    for ($try = 0; $try -lt 3; $try++) {
        $rows = Get-NetRoute -PolicyStore ActiveStore | Select-Object -Property @('DestinationPrefix', 'NextHop', 'InterfaceIndex', 'RouteMetric')
        Set-Content -LiteralPath $file -Value ($rows | ConvertTo-Json -Compress) -Encoding UTF8
        $result = Invoke-Prove -Arguments @('compare', $file)
        Save-Json -Name 'comparison.json' -Json $result
        $parsed = $result | ConvertFrom-Json
        if (@($parsed.onlyInAgent).Count -eq 0 -and @($parsed.onlyInGetNetRoute).Count -eq 0) { return }
    }
}

function Measure-Write {
    $alias = $marked[0].Alias
    $nextHop = $marked[0].NextHop
    Write-Step "times of $Count routes"
    Save-Json -Name 'agent-times.json' -Json (Invoke-Prove -Arguments @('time', $alias, $nextHop, "$Count"))
    $cmdlet = Measure-Command {
        for ($n = 1; $n -le $Count; $n++) {
            [void] (New-NetRoute -InterfaceAlias $alias -DestinationPrefix "198.18.$n.0/24" -NextHop $nextHop -RouteMetric 5 -PolicyStore ActiveStore)
        }
    }
    Clear-TestRoute -Alias $alias
    $netsh = Measure-Command {
        for ($n = 1; $n -le $Count; $n++) {
            [void] (& netsh.exe interface ipv4 add route "prefix=198.18.$n.0/24" "interface=$alias" "nexthop=$nextHop" metric=5 store=active)
            if ($LASTEXITCODE -ne 0) { throw "netsh ended with exit code $LASTEXITCODE" }
        }
    }
    Clear-TestRoute -Alias $alias
    Save-Json -Name 'times.json' -Json (@{ routes = $Count; newNetRoute = $cmdlet.TotalMilliseconds; netsh = $netsh.TotalMilliseconds } | ConvertTo-Json)
}

# What fails is noted, and the next step is taken.
function Invoke-Guarded {
    param([string] $What, [scriptblock] $Work)
    try {
        & $Work
    }
    catch {
        [void] $problems.Add("${What}: $($_.Exception.Message)")
        Write-Host "$What failed: $($_.Exception.Message)"
    }
}

function Remove-Everything {
    Write-Step 'cleaning up'
    foreach ($each in $marked) {
        if ($null -eq (Get-NetAdapter -Name $each.Alias -ErrorAction SilentlyContinue)) { continue }
        Invoke-Guarded -What "removing the routes of $($each.Alias)" -Work { Clear-TestRoute -Alias $each.Alias }
        Invoke-Guarded -What "removing $($each.IPv4)" -Work { Clear-TestAddress -Alias $each.Alias -Address $each.IPv4 }
        Invoke-Guarded -What "removing $($each.IPv6)" -Work { Clear-TestAddress -Alias $each.Alias -Address $each.IPv6 }
        if ($RemoveAdapters) {
            Get-NetAdapter -Name $each.Alias | Where-Object { $_.InterfaceDescription -like $loopbackDescription -and $madeAdapters -notcontains $_.PnPDeviceID } |
                ForEach-Object { [void] $madeAdapters.Add($_.PnPDeviceID) }
        }
    }
    foreach ($device in $madeAdapters) {
        Invoke-Guarded -What "removing the adapter $device" -Work {
            $code = Invoke-Program -Program 'pnputil.exe' -Arguments @('/remove-device', $device)
            # 3010: done when Windows is started again.
            if ($code -ne 0 -and $code -ne 3010) { throw "pnputil ended with exit code $code" }
        }
    }
}

function Save-Host {
    $system = Get-CimInstance -ClassName Win32_OperatingSystem
    $node = & node.exe --version
    Save-Json -Name 'host.json' -Json (@{
            system = $system.Caption; build = $system.Version; powershell = "$($PSVersionTable.PSVersion)"; node = "$node"
        } | ConvertTo-Json)
}

[void] (New-Item -ItemType Directory -Force -Path $ReportDirectory)
# Of an earlier run.
Get-ChildItem -LiteralPath $ReportDirectory -Filter '*.json' | Remove-Item
Push-Location -LiteralPath $repository
try {
    Save-Host
    Add-Type -Path (Join-Path $PSScriptRoot 'loopback-adapter.cs')
    foreach ($each in $marked) {
        Initialize-Adapter -Alias $each.Alias
        Initialize-Address -Alias $each.Alias -Address $each.IPv4 -PrefixLength 24 -Family IPv4
        Initialize-Address -Alias $each.Alias -Address $each.IPv6 -PrefixLength 64 -Family IPv6
        Clear-TestRoute -Alias $each.Alias
    }
    Invoke-Guarded -What 'the contract suite' -Work { Invoke-Contract }
    Invoke-Guarded -What 'the comparison' -Work { Compare-Listing }
    Invoke-Guarded -What 'the times' -Work { Measure-Write }
}
catch {
    [void] $problems.Add($_.Exception.Message)
    Write-Host $_.Exception.Message
}
finally {
    Remove-Everything
    Save-Json -Name 'problems.json' -Json (ConvertTo-Json -InputObject @($problems))
    & node.exe --import tsx test/windows-host/prove.ts report $ReportDirectory
    $proved = $LASTEXITCODE
    Pop-Location
}
exit $proved
