//! Large pages: a run looks at hundreds of megabytes in no order, and with pages of 4 KiB nearly every
//! look costs a walk through page tables as well, on virtual machines through two of them.
//!
//! The allocator of GNU systems asks for large pages when it is told so before the program begins, so
//! the program begins anew, told so. Results cannot depend on it.

/// Begins anew with large pages, unless the allocator has been told something already. Where that is
/// not possible, it goes on as it is.
pub(super) fn ask_for_large_ones() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        use std::os::unix::process::CommandExt;
        use std::process::Command;
        const KEY: &str = "GLIBC_TUNABLES";
        if std::env::var_os(KEY).is_some() {
            return;
        }
        let Ok(program) = std::env::current_exe() else { return };
        let mut arguments = std::env::args_os();
        let name = arguments.next().unwrap_or_else(|| program.clone().into_os_string());
        let large = "glibc.malloc.hugetlb=1";
        // Returns only when it fails.
        let _refused = Command::new(program).arg0(name).args(arguments).env(KEY, large).exec();
    }
}
