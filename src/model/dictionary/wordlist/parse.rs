//! Which entries does a list have, and what do they count? Every format that lists of words come in.

/// The entries with their scores, in lower case; entries that are neither positive nor negative are left out.
pub(super) fn entries(list: &str) -> Vec<(String, f32)> {
    let list = list.trim_start_matches('\u{feff}').trim_start();
    let first = list.lines().next().unwrap_or_default();
    let is_category = |line: &str| line.starts_with('+') || line.trim_end().ends_with(':');
    let mut entries = if list.starts_with('<') {
        xml(list)
    } else if is_category(first) {
        below_categories(list)
    } else {
        table(list)
    };
    for (entry, _) in &mut entries {
        *entry = entry.trim().to_lowercase().replace(['’', 'ʼ'], "'");
    }
    entries.retain(|(entry, score)| *score != 0.0 && is_wordlike(entry));
    entries
}

/// Emoticons and the like are in no token.
fn is_wordlike(entry: &str) -> bool {
    !entry.is_empty() && entry.split_whitespace().all(|word| word.contains(char::is_alphanumeric))
}

/// What entries of a category count; the Lexicoder lists negated entries apart.
fn score_of(category: &str) -> Option<f32> {
    match category.trim().trim_matches('"').to_lowercase().as_str() {
        "negative" | "neg" | "neg_positive" => Some(-1.0),
        "positive" | "pos" | "neg_negative" => Some(1.0),
        _ => None,
    }
}

/// Nested `<cnode name="CATEGORY">` with `<pnode name="ENTRY">` inside, as Lexicoder and Yoshikoder write them.
fn xml(list: &str) -> Vec<(String, f32)> {
    let (mut entries, mut category) = (Vec::new(), None);
    for tag in list.split('<').skip(1) {
        let name = || attribute(tag, "name").unwrap_or_default();
        if tag.starts_with("cnode") {
            category = score_of(&name());
        } else if tag.starts_with("pnode") {
            entries.extend(category.map(|score| (name(), score)));
        }
    }
    entries
}

/// The value of a tag's attribute, its character references resolved.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    let references =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    Some(references.iter().fold(value.to_owned(), |text, (from, to)| text.replace(from, to)))
}

/// `+CATEGORY` or `CATEGORY:` on a line of its own, its entries on the lines below, perhaps after `-`.
fn below_categories(list: &str) -> Vec<(String, f32)> {
    let (mut entries, mut category) = (Vec::new(), None);
    for line in list.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix('+').or_else(|| line.strip_suffix(':')) {
            category = score_of(name);
        } else {
            let entry = line.strip_prefix("- ").unwrap_or(line).trim_matches(['"', '\'']);
            entries.extend(category.map(|score| (entry.to_owned(), score)));
        }
    }
    entries
}

/// A table: word and score (AFINN; VADER with more behind them), word, category and 0 or 1 (NRC), or a head that names a
/// positive and a negative column (NRC, wide).
fn table(list: &str) -> Vec<(String, f32)> {
    let first = list.lines().next().unwrap_or_default();
    let delimiter = if first.contains('\t') { '\t' } else { ',' };
    let rows = || list.lines().map(|line| line.split(delimiter).map(str::trim).collect::<Vec<_>>());
    let head: Vec<String> = first.split(delimiter).map(|cell| cell.trim().to_lowercase()).collect();
    let column = |name: &str| head.iter().position(|cell| cell == name);
    if let (Some(positive), Some(negative)) = (column("positive"), column("negative")) {
        return rows().skip(1).filter_map(|row| wide(&row, positive, negative)).collect();
    }
    rows().filter_map(|row| long(&row)).collect()
}

fn wide(row: &[&str], positive: usize, negative: usize) -> Option<(String, f32)> {
    let number = |at: usize| row.get(at)?.parse::<f32>().ok();
    Some(((*row.first()?).to_owned(), number(positive)? - number(negative)?))
}

fn long(row: &[&str]) -> Option<(String, f32)> {
    let [word, second, rest @ ..] = row else { return None };
    let score = match (second.parse::<f32>(), rest.first().map(|flag| flag.parse::<f32>())) {
        (Ok(score), _) => score,
        (Err(_), Some(Ok(flag))) => flag * score_of(second)?,
        _ => return None,
    };
    score.is_finite().then(|| ((*word).to_owned(), score))
}
