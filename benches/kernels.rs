//! How fast are the kernels? `cargo bench --bench kernels`: billions of operations a second of the products on the
//! shapes of the encoders, all threads; `cargo bench --bench limits` has what one thread could reach at best.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::time::Instant;

use detente::model::kernel::{Matrix, PackedWeights, Product, level, product, product_packed};

/// Tokens, inner size, columns: QKV, output, up and down of MiniLM-L6 and MPNet-base.
const SHAPES: [(usize, usize, usize); 5] =
    [(1500, 384, 1152), (1500, 1536, 384), (1500, 768, 2304), (1500, 768, 3072), (1500, 3072, 768)];

fn main() {
    println!("instructions: {}, threads: {}", level().name(), rayon::current_num_threads());
    println!(
        "{:>20} {:>6} {:>12} {:>12} {:>12} {:>12}",
        "shape", "", "packed", "forward", "input grad", "weight grad"
    );
    for (m, k, n) in SHAPES {
        let x = vec![0.5f32; m * k];
        let w = vec![0.25f32; n * k];
        let y = vec![0.125f32; m * n];
        for how in [Product::F32, Product::Bf16, Product::Int8] {
            let packed = PackedWeights::new(Matrix::new(&w, n, k).transposed(), how);
            let (mut out_y, mut out_x, mut out_w) =
                (vec![0.0; m * n], vec![0.0; m * k], vec![0.0; n * k]);
            let x = Matrix::new(&x, m, k);
            let y = Matrix::new(&y, m, n);
            let w = Matrix::new(&w, n, k);
            let flops = 2.0 * (m * n * k) as f64;
            println!(
                "{:>20} {:>6} {:12.0} {:12.0} {:12.0} {:12.0}",
                format!("{m}×{k}×{n}"),
                how.name(),
                rate(flops, || product_packed(x, &packed, &mut out_y, |_, _| {})),
                rate(flops, || product(x, w.transposed(), how, &mut out_y, |_, _| {})),
                rate(flops, || product(y, w, how, &mut out_x, |_, _| {})),
                rate(flops, || product(y.transposed(), x, how, &mut out_w, |_, _| {})),
            );
        }
    }
}

/// Billions of operations a second: the median of seven runs.
fn rate(flops: f64, mut run: impl FnMut()) -> f64 {
    run();
    let mut seconds: Vec<f64> = (0..7)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    flops / seconds[3] / 1e9
}
