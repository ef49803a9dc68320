//! Do our encoders compute what transformers computes? Each family on its tiny checkpoint, made by
//! `eval/reference/make_tiny.py`.

use std::path::PathBuf;

use detente::batch::{Encoded, Instance, PackedBatch, TextEncoder};
use detente::model::arch::ARCHITECTURES;
use detente::model::checkpoint::Checkpoint;
use detente::model::kernel::Product;
use detente::model::layers::Dropout;
use detente::model::{Encoder, Files, HiddenStates, TrainableEncoder};
use safetensors::SafeTensors;
use serde::Deserialize;

/// What transformers says of one text.
#[derive(Deserialize)]
struct Expected {
    text: String,
    ids: Vec<u32>,
    /// `[n_tokens, hidden]`.
    hidden: Vec<Vec<f32>>,
}

/// The tiny checkpoint of a family.
pub(crate) fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", "models", name].iter().collect()
}

fn expected(name: &str) -> Vec<Expected> {
    let path = fixture(name).join("expected.json");
    serde_json::from_slice(&fs_err::read(path).unwrap()).unwrap()
}

fn names() -> impl Iterator<Item = &'static str> {
    ARCHITECTURES.iter().map(|each| each.model_types()[0])
}

fn encode(texts: &TextEncoder, text: &str) -> Encoded {
    let instance = Instance { text: text.to_owned(), targets: Vec::new(), pairs: Vec::new() };
    texts.encode(&instance).unwrap()
}

/// The hidden states of each text, flat.
fn states(encoder: &impl HiddenStates, texts: &TextEncoder, all: &[&Encoded]) -> Vec<Vec<f32>> {
    let batch = PackedBatch::new(texts, all.iter().copied());
    let states = encoder.hidden_states(&batch).unwrap();
    let rows = states.to_vec2::<f32>().unwrap();
    let text = |ends: &[u32]| rows[ends[0] as usize..ends[1] as usize].concat();
    batch.starts.windows(2).map(text).collect()
}

/// The largest and the root of the mean squared difference of two vectors.
fn differences(ours: &[f32], theirs: &[f32]) -> (f32, f32) {
    assert_eq!(ours.len(), theirs.len());
    let largest = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    let square: f32 = ours.iter().zip(theirs).map(|(a, b)| (a - b) * (a - b)).sum();
    (largest, (square / ours.len() as f32).sqrt())
}

/// An encoder with its tokenizer, expected numbers and tokenised texts.
struct Loaded {
    encoder: Encoder,
    texts: TextEncoder,
    expected: Vec<Expected>,
    encoded: Vec<Encoded>,
}

fn load(files: &Files, name: &str, product: Product) -> Loaded {
    let checkpoint = Checkpoint::load(files).unwrap();
    let texts = checkpoint.text_encoder(usize::MAX).unwrap();
    let expected = expected(name);
    let encoded = expected.iter().map(|each| encode(&texts, &each.text)).collect();
    Loaded { encoder: Encoder::new(checkpoint.encoder, product), texts, expected, encoded }
}

/// Each text's differences when all lie in one batch.
fn compare(loaded: &Loaded) -> Vec<(f32, f32)> {
    let ours = states(&loaded.encoder, &loaded.texts, &loaded.encoded.iter().collect::<Vec<_>>());
    let all = ours.iter().zip(&loaded.expected);
    all.map(|(ours, theirs)| differences(ours, &theirs.hidden.concat())).collect()
}

#[test]
fn every_family_has_a_tiny_checkpoint_with_texts_up_to_its_longest() {
    for name in names() {
        let loaded = load(&Files::in_folder(&fixture(name)), name, Product::F32);
        let lengths: Vec<usize> = loaded.expected.iter().map(|each| each.ids.len()).collect();
        assert_eq!(lengths.iter().max(), Some(&loaded.encoder.config().max_len()), "{name}");
        assert!(lengths.contains(&2) && lengths.contains(&3), "{name}: {lengths:?}");
    }
}

#[test]
fn texts_become_the_tokens_that_they_become_elsewhere() {
    for name in names() {
        let loaded = load(&Files::in_folder(&fixture(name)), name, Product::F32);
        let (first, last) = loaded.texts.special();
        for (encoded, expected) in loaded.encoded.iter().zip(&loaded.expected) {
            let ids = [&[first], encoded.ids.as_slice(), &[last]].concat();
            assert_eq!(ids, expected.ids, "{name}: `{}`", expected.text);
        }
    }
}

#[test]
fn hidden_states_are_those_of_transformers() {
    for name in names() {
        let loaded = load(&Files::in_folder(&fixture(name)), name, Product::F32);
        for ((largest, _), expected) in compare(&loaded).into_iter().zip(&loaded.expected) {
            assert!(largest < 1e-4, "{name}, {} tokens: off by {largest}", expected.ids.len());
        }
    }
}

#[test]
fn with_rounded_products_hidden_states_stay_near() {
    // Values are of size 1; a bf16 has 8 significant bits, and a row's integers go to 127.
    let limits = [(Product::Bf16, 0.1, 0.02), (Product::Int8, 0.3, 0.06)];
    for (name, (product, most, mean_most)) in
        names().flat_map(|name| limits.map(|each| (name, each)))
    {
        let loaded = load(&Files::in_folder(&fixture(name)), name, product);
        for ((largest, mean), expected) in compare(&loaded).into_iter().zip(&loaded.expected) {
            let what =
                format!("{name}, {product:?}, {} tokens: {largest} {mean}", expected.ids.len());
            assert!(largest < most && mean < mean_most, "{what}");
            assert!(largest > 1e-5, "nothing was rounded? {what}");
        }
    }
}

#[test]
fn a_text_reads_the_same_alone_and_in_any_company() {
    for name in names() {
        for product in [Product::F32, Product::Bf16, Product::Int8] {
            let loaded = load(&Files::in_folder(&fixture(name)), name, product);
            let mut order: Vec<&Encoded> = loaded.encoded.iter().collect();
            let alone: Vec<_> = order
                .iter()
                .flat_map(|each| states(&loaded.encoder, &loaded.texts, &[each]))
                .collect();
            for turn in 0..order.len() {
                let mut together = states(&loaded.encoder, &loaded.texts, &order);
                together.rotate_right(turn);
                assert_eq!(together, alone, "{name}, {product:?}, from text {turn} on");
                order.rotate_left(1);
            }
            order.reverse();
            let mut together = states(&loaded.encoder, &loaded.texts, &order);
            together.reverse();
            assert_eq!(together, alone, "{name}, {product:?}, reversed");
        }
    }
}

#[test]
fn threads_change_no_bit() {
    for name in names() {
        let loaded = load(&Files::in_folder(&fixture(name)), name, Product::F32);
        let all: Vec<&Encoded> = loaded.encoded.iter().collect();
        let on = |n: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
            pool.install(|| states(&loaded.encoder, &loaded.texts, &all))
        };
        let one = on(1);
        for n in [2, 3, 8] {
            assert_eq!(on(n), one, "{name} on {n} threads");
        }
    }
}

#[test]
fn what_is_trained_computes_the_same_as_what_is_used() {
    for name in names() {
        let loaded = load(&Files::in_folder(&fixture(name)), name, Product::F32);
        let checkpoint = Checkpoint::load(&Files::in_folder(&fixture(name))).unwrap();
        let trainable = TrainableEncoder::new(checkpoint.encoder, 0).unwrap();
        for (encoded, expected) in loaded.encoded.iter().zip(&loaded.expected) {
            let batch = PackedBatch::new(&loaded.texts, [encoded]);
            let dropout = Dropout { rate: 0.0, seed: 0 };
            let states = trainable.forward(&batch, Product::F32, dropout).unwrap();
            let ours = states.to_vec2::<f32>().unwrap().concat();
            let (largest, _) = differences(&ours, &expected.hidden.concat());
            assert!(largest < 1e-4, "{name}, {} tokens: off by {largest}", expected.ids.len());
        }
    }
}

#[test]
fn tensors_may_have_their_family_as_prefix() {
    for name in names() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["config.json", "tokenizer.json"] {
            fs_err::copy(fixture(name).join(file), folder.path().join(file)).unwrap();
        }
        let bytes = fs_err::read(fixture(name).join("model.safetensors")).unwrap();
        let tensors = SafeTensors::deserialize(&bytes).unwrap();
        let prefixed = tensors.iter().map(|(tensor, view)| (format!("{name}.{tensor}"), view));
        let prefixed = safetensors::serialize(prefixed, None).unwrap();
        fs_err::write(folder.path().join("model.safetensors"), prefixed).unwrap();
        let loaded = load(&Files::in_folder(folder.path()), name, Product::F32);
        assert!(compare(&loaded).iter().all(|(largest, _)| *largest < 1e-4), "{name}");
    }
}

#[test]
fn a_missing_tensor_and_a_token_outside_the_vocabulary_are_errors() {
    for name in names() {
        let files = Files::in_folder(&fixture(name));
        let loaded = load(&files, name, Product::F32);
        let mut batch = PackedBatch::new(&loaded.texts, &loaded.encoded[..2]);
        batch.ids[1] = u32::try_from(loaded.encoder.config().vocab_size).unwrap();
        let error = loaded.encoder.hidden_states(&batch).unwrap_err().to_string();
        assert!(error.contains("outside the vocabulary"), "{error}");

        let folder = tempfile::tempdir().unwrap();
        for file in ["config.json", "tokenizer.json"] {
            fs_err::copy(fixture(name).join(file), folder.path().join(file)).unwrap();
        }
        let bytes = fs_err::read(fixture(name).join("model.safetensors")).unwrap();
        let tensors = SafeTensors::deserialize(&bytes).unwrap();
        let gone = "encoder.layer.1.output.dense.bias";
        let rest = tensors.iter().filter(|(tensor, _)| *tensor != gone);
        let rest = safetensors::serialize(rest, None).unwrap();
        fs_err::write(folder.path().join("model.safetensors"), rest).unwrap();
        let error = Checkpoint::load(&Files::in_folder(folder.path())).err().unwrap();
        assert!(format!("{error:#}").contains(gone), "{error:#}");
    }
}
