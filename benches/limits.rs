//! How fast could this processor multiply at best? `cargo bench --bench limits`: dot instructions on registers alone,
//! one thread, in billions of operations a second (a multiplication and an addition are two).

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![cfg_attr(
    target_arch = "x86_64",
    expect(unsafe_code, reason = "instructions that were found on the processor")
)]

fn main() {
    #[cfg(target_arch = "x86_64")]
    x86::print();
    #[cfg(not(target_arch = "x86_64"))]
    println!("these loops are written for x86-64");
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;
    use std::hint::black_box;
    use std::time::Instant;

    /// Turns of a loop.
    const TURNS: u32 = 1_000_000;
    /// Independent sums: more than an instruction's latency times its throughput, fewer than there are registers.
    const SUMS: usize = 24;

    pub(super) fn print() {
        let has = |name: &str, is_there: bool, n: f64, run: &dyn Fn()| {
            if is_there {
                println!("{name:>5} {:6.0}", best(n, run));
            } else {
                println!("{name:>5} not on this processor");
            }
        };
        let int8 = is_x86_feature_detected!("avx512vnni");
        let bf16 = is_x86_feature_detected!("avx512bf16");
        let f32 = is_x86_feature_detected!("avx512f");
        has("int8", int8, 128.0, &|| {
            // SAFETY: the processor has the instructions, as was found above.
            black_box(unsafe { dot_int8() });
        });
        has("bf16", bf16, 64.0, &|| {
            // SAFETY: as above.
            black_box(unsafe { dot_bf16() });
        });
        has("f32", f32, 32.0, &|| {
            // SAFETY: as above.
            black_box(unsafe { dot_f32() });
        });
    }

    /// Billions of operations a second, the best of 16 runs; `operations` of each instruction.
    fn best(operations: f64, run: &dyn Fn()) -> f64 {
        let n = f64::from(TURNS) * SUMS as f64 * operations / 1e9;
        let rate = || {
            let start = Instant::now();
            run();
            n / start.elapsed().as_secs_f64()
        };
        (0..16).map(|_| rate()).fold(0.0, f64::max)
    }

    #[target_feature(enable = "avx512f,avx512vnni")]
    fn dot_int8() -> i32 {
        let a = _mm512_set1_epi32(black_box(0x0101_0101));
        let mut sums = [_mm512_setzero_si512(); SUMS];
        for _ in 0..TURNS {
            for sum in &mut sums {
                *sum = _mm512_dpbusd_epi32(*sum, a, a);
            }
        }
        sums.into_iter().map(|sum| _mm512_reduce_add_epi32(sum)).fold(0, i32::wrapping_add)
    }

    #[target_feature(enable = "avx512f,avx512bf16")]
    fn dot_bf16() -> f32 {
        let a = _mm512_cvtne2ps_pbh(_mm512_set1_ps(black_box(1.0)), _mm512_set1_ps(black_box(1.0)));
        let mut sums = [_mm512_setzero_ps(); SUMS];
        for _ in 0..TURNS {
            for sum in &mut sums {
                *sum = _mm512_dpbf16_ps(*sum, a, a);
            }
        }
        sums.into_iter().map(|sum| _mm512_reduce_add_ps(sum)).sum()
    }

    #[target_feature(enable = "avx512f")]
    fn dot_f32() -> f32 {
        let a = _mm512_set1_ps(black_box(0.5));
        let mut sums = [_mm512_setzero_ps(); SUMS];
        for _ in 0..TURNS {
            for sum in &mut sums {
                *sum = _mm512_fmadd_ps(*sum, a, a);
            }
        }
        sums.into_iter().map(|sum| _mm512_reduce_add_ps(sum)).sum()
    }
}
