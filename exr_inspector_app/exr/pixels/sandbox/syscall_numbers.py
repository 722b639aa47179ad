"""Numbers of the system calls that the worker process must not use, on x86-64 and on AArch64.

Source: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h of the Linux kernel,
https://github.com/torvalds/linux.
"""

from __future__ import annotations

from typing import NamedTuple

LAST_KNOWN = 462  # mseal of Linux 6.10, on all architectures; later calls are unknown here and refused


class Architecture(NamedTuple):
    """Numbers of one architecture; -1 for calls that it does not have."""

    audit_word: int  # by which the kernel names it
    seccomp: int
    capset: int
    openat: int
    clone: int
    ioctl: int
    prctl: int
    prlimit64: int
    kill: int
    tgkill: int
    denied: frozenset[int]


_MACHINES = ("x86_64", "aarch64")
# Name, number on x86-64, number on AArch64; calls that are newer than 2019 have one number on all architectures.
_DENIED = """
socket 41 198      socketpair 53 199  connect 42 203     bind 49 200        listen 50 201      accept 43 202
accept4 288 242    fork 57 -1         vfork 58 -1        execve 59 221      execveat 322 281   tkill 200 130
rt_sigqueueinfo 129 138               rt_tgsigqueueinfo 297 240             pidfd_send_signal 424 424
pidfd_open 434 434 pidfd_getfd 438 438                   process_madvise 440 440               kcmp 312 272
process_mrelease 448 448              ptrace 101 117     process_vm_readv 310 270
process_vm_writev 311 271             migrate_pages 256 238                 move_pages 279 239
mount 165 40       umount2 166 39     pivot_root 155 41  chroot 161 51      open_tree 428 428  move_mount 429 429
fsopen 430 430     fsconfig 431 431   fsmount 432 432    fspick 433 433     mount_setattr 442 442
setns 308 268      unshare 272 97     add_key 248 217    request_key 249 218                   keyctl 250 219
bpf 321 280        perf_event_open 298 241               userfaultfd 323 282
io_uring_setup 425 425                io_uring_enter 426 426                io_uring_register 427 427
io_setup 206 0     init_module 175 105                   finit_module 313 273                  delete_module 176 106
kexec_load 246 104 kexec_file_load 320 294               reboot 169 142     swapon 167 224     swapoff 168 225
acct 163 89        quotactl 179 60    quotactl_fd 443 443                   syslog 103 116     vhangup 153 58
sethostname 170 161                   setdomainname 171 162                 settimeofday 164 170
clock_settime 227 112                 adjtimex 159 171   clock_adjtime 305 266
iopl 172 -1        ioperm 173 -1      modify_ldt 154 -1  personality 135 92
name_to_handle_at 303 264             open_by_handle_at 304 265             fanotify_init 300 262
setuid 105 146     setgid 106 144     setreuid 113 145   setregid 114 143   setresuid 117 147  setresgid 119 149
setgroups 116 159  setfsuid 122 151   setfsgid 123 152   capset 126 91
mknod 133 -1       mknodat 259 33     link 86 -1         linkat 265 37      symlink 88 -1      symlinkat 266 36
chmod 90 -1        fchmod 91 52       fchmodat 268 53    fchmodat2 452 452
chown 92 -1        lchown 94 -1       fchown 93 55       fchownat 260 54
utime 132 -1       utimes 235 -1      futimesat 261 -1   utimensat 280 88
setxattr 188 5     lsetxattr 189 6    fsetxattr 190 7    removexattr 197 14 lremovexattr 198 15
fremovexattr 199 16                   shmget 29 194      semget 64 190      msgget 68 186     mq_open 240 180
"""


def architecture(machine: str) -> Architecture | None:
    """Return the numbers of a machine as `platform.machine` names it, None for one that is not known."""
    if machine not in _MACHINES:
        return None
    column = _MACHINES.index(machine)
    names = _DENIED.split()
    numbers = (int(word) for word in names[1 + column :: 3])
    denied = frozenset(number for number in numbers if number >= 0)
    if machine == "x86_64":
        return Architecture(0xC000003E, 317, 126, 257, 56, 16, 157, 302, 62, 234, denied)
    return Architecture(0xC00000B7, 277, 91, 56, 220, 29, 167, 261, 129, 131, denied)
