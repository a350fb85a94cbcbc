//! Laying one table over another: what merges, what replaces, what is taken out.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A key with its place.
pub(super) type Key<'t> = Spanned<Cow<'t, str>>;

/// Where a policy or law is chosen: whatever is laid over such a place takes it as a whole, so that no
/// parameter of another stays behind. `*` is a name of the user's choice.
pub(super) const CHOICES: [&str; 14] = [
    "arm.*.scheduler",
    "box.off",
    "box.on",
    "catalogue.popularity",
    "catalogue.runtime",
    "demand.length",
    "demand.pause.length",
    "demand.seek.length",
    "demand.zap.length",
    "device.*.cache.policy",
    "mesh.link_life",
    "player.abr",
    "player.estimate",
    "player.stall_patience",
];

/// Whether a policy or law stands at `path`.
pub(super) fn chooses<S: AsRef<str>>(path: &[S]) -> bool {
    CHOICES.iter().any(|choice| {
        let steps = choice.split('.');
        let same = |(step, own): (&str, &S)| step == "*" || step == own.as_ref();
        steps.clone().count() == path.len() && steps.zip(path).all(same)
    })
}

/// Lays `top` over `base`: tables merge key by key, everything else and whatever names a policy or law
/// replaces. What `top` says has its place there.
pub(super) fn lay<'t>(base: &mut DeTable<'t>, top: DeTable<'t>) {
    merge(base, top, &mut Vec::new());
}

fn merge<'t>(base: &mut DeTable<'t>, top: DeTable<'t>, path: &mut Vec<String>) {
    for (key, value) in top {
        path.push(key.get_ref().to_string());
        let span = value.span();
        let old = base.remove(key.get_ref().as_ref()).map(Spanned::into_inner);
        let value = match (old, value.into_inner()) {
            (Some(DeValue::Table(mut old)), DeValue::Table(new)) if !chooses(path) => {
                merge(&mut old, new, path);
                DeValue::Table(old)
            }
            (_, value) => value,
        };
        if is_set(&path[..path.len() - 1]) {
            forget(base, key.get_ref());
        }
        base.insert(key, Spanned::new(span, value));
        path.pop();
    }
}

/// Whether `path` is the `set` of an arm, whose keys are dotted.
pub(super) fn is_set<S: AsRef<str>>(path: &[S]) -> bool {
    matches!(path, [arm, _, set] if arm.as_ref() == "arm" && set.as_ref() == "set")
}

/// Takes `key`, and what stands under it, out of the `set` of an arm; returns whether anything did.
pub(super) fn forget(set: &mut DeTable<'_>, key: &str) -> bool {
    let under = |rest: &str| rest.is_empty() || rest.starts_with('.');
    let meant = |own: &Key<'_>| own.get_ref().strip_prefix(key).is_some_and(under);
    let gone: Vec<String> =
        set.keys().filter(|own| meant(own)).map(|own| own.get_ref().to_string()).collect();
    for own in &gone {
        set.remove(own.as_str());
    }
    !gone.is_empty()
}

/// The keys on the way to a value, where what follows the `set` of an arm is one dotted key.
pub(super) fn steps(mut keys: Vec<Key<'_>>) -> Vec<Key<'_>> {
    let way: Vec<&str> = keys.iter().take(3).map(|key| key.get_ref().as_ref()).collect();
    if keys.len() > 4 && is_set(&way) {
        let span = keys[3].span().start..keys[keys.len() - 1].span().end;
        let dotted: Vec<&str> = keys[3..].iter().map(|key| key.get_ref().as_ref()).collect();
        let dotted = Spanned::new(span, Cow::Owned(dotted.join(".")));
        keys.truncate(3);
        keys.push(dotted);
    }
    keys
}

/// Writes what arms set as dotted keys, however it was written.
pub(super) fn dotted_sets(root: &mut DeTable<'_>) {
    let Some(DeValue::Table(arms)) = root.get_mut("arm").map(Spanned::get_mut) else {
        return;
    };
    for (_, arm) in arms.iter_mut() {
        let DeValue::Table(arm) = arm.get_mut() else {
            continue;
        };
        if let Some(DeValue::Table(set)) = arm.get_mut("set").map(Spanned::get_mut) {
            let mut flat = DeTable::new();
            for (key, value) in core::mem::take(set) {
                flatten(key, value, &mut flat);
            }
            *set = flat;
        }
    }
}

/// Dotted keys for what may as well be written as tables within tables.
fn flatten<'t>(key: Key<'t>, value: Spanned<DeValue<'t>>, flat: &mut DeTable<'t>) {
    let path: Vec<&str> = key.get_ref().split('.').collect();
    let span = value.span();
    match value.into_inner() {
        DeValue::Table(table) if !chooses(&path) && !table.is_empty() => {
            for (step, value) in table {
                let dotted = format!("{}.{}", key.get_ref(), step.get_ref());
                flatten(Spanned::new(step.span(), Cow::Owned(dotted)), value, flat);
            }
        }
        value => {
            flat.insert(key, Spanned::new(span, value));
        }
    }
}

/// A key that leads nowhere.
pub(super) struct Lost {
    /// The step that is missing.
    pub(super) step: String,
    /// What there is in its place; `None` where no table is.
    pub(super) there: Option<Vec<String>>,
}

/// Takes the entry that `keys` lead to out of `root`.
pub(super) fn take_out(root: &mut DeTable<'_>, keys: Vec<Key<'_>>) -> Result<(), Lost> {
    let keys = steps(keys);
    let mut path: Vec<&str> = keys.iter().map(|key| key.get_ref().as_ref()).collect();
    let last = path.pop().expect("invariant: a dotted key has a key");
    let mut here = root;
    for step in &path {
        let names = names(here);
        let lost = |there| Lost { step: (*step).to_owned(), there };
        here = match here.get_mut(*step).map(Spanned::get_mut) {
            Some(DeValue::Table(inner)) => inner,
            Some(_) => return Err(lost(None)),
            None => return Err(lost(Some(names))),
        };
    }
    let taken = if is_set(&path) { forget(here, last) } else { here.remove(last).is_some() };
    if taken { Ok(()) } else { Err(Lost { step: last.to_owned(), there: Some(names(here)) }) }
}

fn names(table: &DeTable<'_>) -> Vec<String> {
    table.keys().map(|key| key.get_ref().to_string()).collect()
}
