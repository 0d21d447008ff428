// Makes a "Microsoft KM-TEST Loopback Adapter", for which Windows has no cmdlet: what "devcon install netloop.inf *msloop" does.
// C# 5, as the compiler of Windows PowerShell 5.1 has it.
using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace Routefleet.Test
{
    public static class LoopbackAdapter
    {
        private const string HardwareId = "*msloop";
        private const uint DICD_GENERATE_ID = 1;
        private const uint SPDRP_HARDWAREID = 1;
        private const uint DIF_REGISTERDEVICE = 0x19;
        private const uint INSTALLFLAG_FORCE = 1;

        // https://learn.microsoft.com/windows/win32/api/setupapi/ns-setupapi-sp_devinfo_data
        [StructLayout(LayoutKind.Sequential)]
        private struct SP_DEVINFO_DATA
        {
            public int cbSize;
            public Guid ClassGuid;
            public int DevInst;
            public IntPtr Reserved;
        }

        // https://learn.microsoft.com/windows/win32/api/setupapi/nf-setupapi-setupdicreatedeviceinfolist
        [DllImport("setupapi.dll", SetLastError = true)]
        private static extern IntPtr SetupDiCreateDeviceInfoList(ref Guid classGuid, IntPtr parent);

        // https://learn.microsoft.com/windows/win32/api/setupapi/nf-setupapi-setupdicreatedeviceinfow
        [DllImport("setupapi.dll", SetLastError = true, CharSet = CharSet.Unicode, EntryPoint = "SetupDiCreateDeviceInfoW")]
        private static extern bool SetupDiCreateDeviceInfo(
            IntPtr set, string name, ref Guid classGuid, string description, IntPtr parent, uint flags, ref SP_DEVINFO_DATA data);

        // https://learn.microsoft.com/windows/win32/api/setupapi/nf-setupapi-setupdisetdeviceregistrypropertyw
        [DllImport("setupapi.dll", SetLastError = true, EntryPoint = "SetupDiSetDeviceRegistryPropertyW")]
        private static extern bool SetupDiSetDeviceRegistryProperty(
            IntPtr set, ref SP_DEVINFO_DATA data, uint property, byte[] value, uint size);

        // https://learn.microsoft.com/windows/win32/api/setupapi/nf-setupapi-setupdicallclassinstaller
        [DllImport("setupapi.dll", SetLastError = true)]
        private static extern bool SetupDiCallClassInstaller(uint function, IntPtr set, ref SP_DEVINFO_DATA data);

        // https://learn.microsoft.com/windows/win32/api/setupapi/nf-setupapi-setupdidestroydeviceinfolist
        [DllImport("setupapi.dll", SetLastError = true)]
        private static extern bool SetupDiDestroyDeviceInfoList(IntPtr set);

        // https://learn.microsoft.com/windows/win32/api/newdev/nf-newdev-updatedriverforplugandplaydevicesw
        [DllImport("newdev.dll", SetLastError = true, CharSet = CharSet.Unicode, EntryPoint = "UpdateDriverForPlugAndPlayDevicesW")]
        private static extern bool UpdateDriverForPlugAndPlayDevices(
            IntPtr parent, string hardwareId, string inf, uint flags, out bool rebootRequired);

        public static void Create()
        {
            Guid net = new Guid("4d36e972-e325-11ce-bfc1-08002be10318");
            IntPtr set = SetupDiCreateDeviceInfoList(ref net, IntPtr.Zero);
            Check(set != new IntPtr(-1), "SetupDiCreateDeviceInfoList");
            try
            {
                SP_DEVINFO_DATA data = new SP_DEVINFO_DATA();
                data.cbSize = Marshal.SizeOf(typeof(SP_DEVINFO_DATA));
                Check(SetupDiCreateDeviceInfo(set, "Net", ref net, null, IntPtr.Zero, DICD_GENERATE_ID, ref data), "SetupDiCreateDeviceInfo");
                byte[] id = Encoding.Unicode.GetBytes(HardwareId + "\0\0");
                Check(
                    SetupDiSetDeviceRegistryProperty(set, ref data, SPDRP_HARDWAREID, id, (uint)id.Length),
                    "SetupDiSetDeviceRegistryProperty");
                Check(SetupDiCallClassInstaller(DIF_REGISTERDEVICE, set, ref data), "SetupDiCallClassInstaller");
            }
            finally
            {
                SetupDiDestroyDeviceInfoList(set);
            }
            string inf = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.Windows), "inf", "netloop.inf");
            bool reboot;
            Check(
                UpdateDriverForPlugAndPlayDevices(IntPtr.Zero, HardwareId, inf, INSTALLFLAG_FORCE, out reboot),
                "UpdateDriverForPlugAndPlayDevices");
        }

        private static void Check(bool succeeded, string function)
        {
            if (!succeeded)
            {
                throw new Win32Exception(Marshal.GetLastWin32Error(), function + " failed");
            }
        }
    }
}
