//! Where do panels lie? At the start of cache lines, so that no register is loaded from two of them.

/// A cache line of lanes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(64))]
struct Line([u32; LINE]);

/// Lanes in a cache line.
const LINE: usize = 16;

/// A growing vector of lanes that begins with a cache line.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    lines: Vec<Line>,
}

impl Lanes {
    /// Makes it at least `n` lanes long; what was there stays.
    pub(super) fn grow(&mut self, n: usize) {
        if self.lines.len() * LINE < n {
            self.lines.resize(n.div_ceil(LINE), Line::default());
        }
    }

    /// All lanes.
    pub(super) fn as_slice(&self) -> &[u32] {
        // SAFETY: a `Line` is `LINE` lanes without padding.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.lines.len() * LINE) }
    }

    /// All lanes.
    pub(super) fn as_mut_slice(&mut self) -> &mut [u32] {
        let n = self.lines.len() * LINE;
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), n) }
    }
}
