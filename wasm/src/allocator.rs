//! Memory of the module: a list of free blocks for each power of two.
//!
//! A call frees nearly all that it takes, and the next takes the same sizes again. Blocks are never split or joined, so
//! the memory is bounded by the most that each size ever took at once, and no pattern of calls wears it out.
#![allow(unsafe_code)]

use core::{
    alloc::{GlobalAlloc, Layout},
    cell::Cell,
    ptr,
};

/// Blocks have at least `1 << SMALLEST` bytes: room for the pointer to the next free one, and the alignment of every
/// type that the module has.
const SMALLEST: usize = 4;

/// Blocks have less than `1 << SIZES` bytes.
const SIZES: usize = 31;

/// Where new memory comes from.
pub(crate) trait Source {
    /// So many more bytes, aligned as the smallest block is; null if there are none.
    fn grow(&self, bytes: usize) -> *mut u8;
}

/// The allocator.
pub(crate) struct Blocks<S> {
    /// The first free block of each size; it holds a pointer to the next.
    free: [Cell<*mut u8>; SIZES],
    source: S,
}

// SAFETY: nothing but the module uses it, and the module has one thread.
unsafe impl<S> Sync for Blocks<S> {}

impl<S: Source> Blocks<S> {
    pub(crate) const fn new(source: S) -> Self {
        Self { free: [const { Cell::new(ptr::null_mut()) }; SIZES], source }
    }

    /// The exponent of the block that a layout takes; `None` for what is larger or more aligned than any block.
    fn exponent(layout: Layout) -> Option<usize> {
        if layout.align() > 1 << SMALLEST {
            return None;
        }
        let bits = usize::BITS.checked_sub(layout.size().saturating_sub(1).leading_zeros())?;
        let exponent = usize::try_from(bits).ok()?.max(SMALLEST);
        (exponent < SIZES).then_some(exponent)
    }

    /// The exponent of the block that a layout takes, and the list of such blocks.
    fn first(&self, layout: Layout) -> Option<(usize, &Cell<*mut u8>)> {
        let exponent = Self::exponent(layout)?;
        Some((exponent, self.free.get(exponent)?))
    }
}

// SAFETY: a block has the size of its list, is on the list or lent but never both, and is aligned as the source is.
unsafe impl<S: Source> GlobalAlloc for Blocks<S> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some((exponent, first)) = self.first(layout) else { return ptr::null_mut() };
        let block = first.get();
        if block.is_null() {
            return self.source.grow(1 << exponent);
        }
        // SAFETY: a block on the list begins with the pointer that `dealloc` wrote.
        first.set(unsafe { block.cast::<*mut u8>().read() });
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let Some((_, first)) = self.first(layout) else { return };
        // SAFETY: the block came from `alloc` with this layout, so it has room for a pointer, and nobody uses it any more.
        unsafe { block.cast::<*mut u8>().write(first.get()) };
        first.set(block);
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Ok(larger) = Layout::from_size_align(size, layout.align()) else { return ptr::null_mut() };
        if Self::exponent(layout) == Self::exponent(larger) {
            return block;
        }
        // SAFETY: the caller's promises are those of the three calls, and two blocks do not overlap.
        unsafe {
            let moved = self.alloc(larger);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, layout.size().min(size));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

/// The memory after the module's own, and pages that are added to it.
#[cfg(target_arch = "wasm32")]
mod memory {
    use super::{Blocks, SMALLEST, Source};
    use core::{
        arch::wasm32::{memory_grow, memory_size},
        cell::Cell,
        ptr,
    };

    unsafe extern "C" {
        /// Where the linker says that the module's own memory ends.
        static __heap_base: u8;
    }

    const PAGE: usize = 65_536;

    struct Pages {
        /// What was not yet handed out, as addresses.
        next: Cell<usize>,
        end: Cell<usize>,
    }

    impl Source for Pages {
        fn grow(&self, bytes: usize) -> *mut u8 {
            if self.next.get() == 0 {
                self.next.set((&raw const __heap_base).addr().next_multiple_of(1 << SMALLEST));
                self.end.set(memory_size(0).saturating_mul(PAGE));
            }
            let start = self.next.get();
            let Some(next) = start.checked_add(bytes) else { return ptr::null_mut() };
            if next > self.end.get() {
                let pages = next.saturating_sub(self.end.get()).div_ceil(PAGE);
                let Some(end) = pages.checked_mul(PAGE).and_then(|more| self.end.get().checked_add(more)) else {
                    return ptr::null_mut();
                };
                if memory_grow(0, pages) == usize::MAX {
                    return ptr::null_mut();
                }
                self.end.set(end);
            }
            self.next.set(next);
            ptr::with_exposed_provenance_mut(start)
        }
    }

    #[global_allocator]
    static BLOCKS: Blocks<Pages> = Blocks::new(Pages { next: Cell::new(0), end: Cell::new(0) });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::alloc::System;

    /// Memory of the system, which is counted and never given back.
    struct Counted(Cell<usize>);

    impl Source for Counted {
        fn grow(&self, bytes: usize) -> *mut u8 {
            self.0.set(self.0.get().saturating_add(bytes));
            Layout::from_size_align(bytes, 1 << SMALLEST)
                .map_or(ptr::null_mut(), |layout| unsafe { System.alloc(layout) })
        }
    }

    /// A lent block: where it is, its layout, and what every byte of it says.
    type Lent = (*mut u8, Layout, u8);

    fn fill((block, layout, mark): Lent) {
        assert!(!block.is_null() && block.addr().is_multiple_of(layout.align()));
        unsafe { ptr::write_bytes(block, mark, layout.size()) };
    }

    fn holds((block, layout, mark): Lent, bytes: usize) -> bool {
        (0..bytes.min(layout.size())).all(|at| unsafe { block.add(at).read() } == mark)
    }

    /// A million random calls: no block is lent twice or overwritten, and the memory stops growing.
    #[test]
    fn blocks_are_lent_once_and_used_again() {
        let blocks = Blocks::new(Counted(Cell::new(0)));
        let mut seed = 1_u64;
        let mut random = |below: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            usize::try_from(seed >> 33).unwrap_or_default().checked_rem(below).unwrap_or_default()
        };
        let mut lent: Vec<Lent> = Vec::new();
        let mut after_half = 0;
        for round in 0..1_000_000_u32 {
            if round == 500_000 {
                after_half = blocks.source.0.get();
            }
            let (largest, align) = (1 << random(13), 1 << random(5));
            let size = random(largest).saturating_add(1);
            let layout = Layout::from_size_align(size, align).unwrap_or(Layout::new::<u8>());
            let mark = u8::try_from(round & 255).unwrap_or_default();
            match random(if lent.len() < 64 { 5 } else { 3 }) {
                0 | 1 if !lent.is_empty() => {
                    let one = lent.swap_remove(random(lent.len()));
                    assert!(holds(one, usize::MAX));
                    unsafe { blocks.dealloc(one.0, one.1) };
                }
                2 if !lent.is_empty() => {
                    let (block, old, mark) = lent.swap_remove(random(lent.len()));
                    let layout = Layout::from_size_align(size, old.align()).unwrap_or(old);
                    let moved = unsafe { blocks.realloc(block, old, layout.size()) };
                    assert!(holds((moved, layout, mark), old.size()));
                    fill((moved, layout, mark));
                    lent.push((moved, layout, mark));
                }
                _ => {
                    let one = (unsafe { blocks.alloc(layout) }, layout, mark);
                    fill(one);
                    lent.push(one);
                }
            }
        }
        assert!(lent.into_iter().all(|one| holds(one, usize::MAX)));
        // By a block or two: sizes that were never lent so often at once.
        assert!(blocks.source.0.get() <= after_half.saturating_mul(11).div_euclid(10), "{after_half}");
    }

    #[test]
    fn what_no_block_holds_is_refused() {
        let blocks = Blocks::new(Counted(Cell::new(0)));
        for (size, align) in [(1 << 31, 1), (1, 32)] {
            let layout = Layout::from_size_align(size, align).unwrap_or(Layout::new::<u8>());
            assert!(unsafe { blocks.alloc(layout) }.is_null());
        }
        assert_eq!(blocks.source.0.get(), 0);
    }
}
