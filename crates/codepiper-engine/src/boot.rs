//! Which start of the machine this is.

/// A name that changes with every start of the machine; `None` where the system does not say.
pub(crate) fn id() -> Option<String> {
    let id = if cfg!(target_os = "macos") {
        let mut command = std::process::Command::new("/usr/sbin/sysctl");
        let output = command.args(["-n", "kern.bootsessionuuid"]).output().ok()?;
        String::from_utf8(output.stdout).ok()?
    } else {
        fs_err::read_to_string("/proc/sys/kernel/random/boot_id").ok()?
    };
    Some(id.trim().to_owned()).filter(|id| !id.is_empty())
}
