//! Large pages for large memory: a swarm of a million viewers looks at a few hundred megabytes in no
//! order, and with pages of 4 KiB each look costs a walk through page tables as well.

#![expect(unsafe_code, reason = "an allocator cannot be written without; it only passes calls on")]

use std::alloc::{GlobalAlloc, Layout, System};

/// The system's allocator, which asks for large pages where a few of them fit.
#[derive(Debug)]
pub struct Pages;

/// Smaller pieces of memory stay as they are.
const LARGE: usize = 2 << 20;

/// Asks for large pages. A hint: what happens does not depend on the answer.
#[inline]
fn hint(start: *mut u8, size: usize) {
    if size >= LARGE && !start.is_null() {
        advise(start, size);
    }
}

#[cfg(target_os = "linux")]
#[cold]
fn advise(start: *mut u8, size: usize) {
    use rustix::mm::{Advice, madvise};
    const PAGE: usize = 4096;
    let skip = start.align_offset(PAGE);
    let size = (size - skip) & !(PAGE - 1);
    // SAFETY: whole pages within what was just allocated; the advice does not change their content.
    let _refused = unsafe { madvise(start.wrapping_add(skip).cast(), size, Advice::LinuxHugepage) };
}

#[cfg(not(target_os = "linux"))]
fn advise(_: *mut u8, _: usize) {}

// SAFETY: every call goes to the system's allocator as it came, and so does what it returns.
unsafe impl GlobalAlloc for Pages {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is passed on; so below.
        let start = unsafe { System.alloc(layout) };
        hint(start, layout.size());
        start
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let start = unsafe { System.alloc_zeroed(layout) };
        hint(start, layout.size());
        start
    }

    unsafe fn realloc(&self, start: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let start = unsafe { System.realloc(start, layout, size) };
        hint(start, size);
        start
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        unsafe { System.dealloc(start, layout) };
    }
}
