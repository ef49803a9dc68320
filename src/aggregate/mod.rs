//! What does it add up to? Sums per article that merge, and intervals that resample articles.
