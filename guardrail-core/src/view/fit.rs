//! Divides the room of a channel among the facts: values first, none at the cost of another.

use super::fact::{Fact, FactKind, Run};
use super::item::{Grade, Item, Sized};
use super::limits::Limits;

/// The facts that fit, and whether every value that the digest binds is among them, whole.
/// `None`: there is no room for them even if each is cut to the least, except for arguments, of
/// which only the first and the last were counted.
pub(super) fn fit(items: Vec<Item<'_>>, limits: &Limits) -> Option<(Vec<Fact>, bool)> {
    let mut items: Vec<Sized<'_>> = items.into_iter().map(|item| item.sized(limits)).collect();
    let is_argument = |item: &Sized<'_>| item.grade() == Grade::Argument;
    let first = items.iter().position(is_argument).unwrap_or(items.len());
    let end = items.iter().rposition(is_argument).map_or(first, |last| last + 1);

    let others = items.iter().filter(|item| !is_argument(item));
    let room = limits.total.checked_sub(cost(others, limits.least()))?;
    let places = limits.facts.saturating_sub(items.len() - (end - first));
    let kept = keep(items.get(first..end)?, room, places, limits)?;

    let hidden = end - first - kept.head - kept.tail;
    let removed: Vec<Sized<'_>> = items.drain(first + kept.head..end - kept.tail).collect();
    let note = (hidden > 0).then(|| note(hidden));
    let spent = note.as_ref().map_or(0, |note| limits.cost(note));
    let cap = cap(&items, limits.total.saturating_sub(spent), limits);

    let mut whole = removed.is_empty();
    let mut facts = Vec::with_capacity(items.len() + 1);
    let mut note = note;
    for (index, item) in items.into_iter().enumerate() {
        if index == first + kept.head {
            facts.extend(note.take());
        }
        let counts = item.counts();
        let fact = item.fact(limits, cap);
        whole &= !(counts && fact.is_cut());
        facts.push(fact);
    }
    facts.extend(note);
    Some((facts, whole))
}

struct Kept {
    head: usize,
    tail: usize,
}

/// How many arguments of both ends there is room for. The last comes first: that is where a
/// dangerous value would hide.
fn keep(arguments: &[Sized<'_>], room: usize, places: usize, limits: &Limits) -> Option<Kept> {
    let all = cost(arguments.iter(), limits.least());
    if all <= room && arguments.len() <= places {
        return Some(Kept { head: arguments.len(), tail: 0 });
    }
    let mut room = room.checked_sub(limits.cost(&note(usize::MAX)))?;
    let mut places = places.checked_sub(1)?;
    let mut kept = Kept { head: 0, tail: 0 };
    let mut ends = arguments.iter();
    while places > 0 && ends.len() > 0 {
        let from_end = kept.tail <= kept.head;
        let next = if from_end { ends.next_back() } else { ends.next() };
        let Some(left) = next.and_then(|next| room.checked_sub(next.cost(limits.least()))) else {
            break;
        };
        if from_end {
            kept.tail += 1;
        } else {
            kept.head += 1;
        }
        room = left;
        places -= 1;
    }
    (kept.head > 0).then_some(kept)
}

/// The largest cost every body may have: what short values do not need, long ones get.
fn cap(items: &[Sized<'_>], total: usize, limits: &Limits) -> usize {
    let (mut low, mut high) = (limits.least(), limits.value.max(limits.least()));
    if cost(items.iter(), high) <= total {
        return high;
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if cost(items.iter(), middle) <= total {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

fn cost<'i, 'a: 'i>(items: impl Iterator<Item = &'i Sized<'a>>, cap: usize) -> usize {
    items.fold(0, |sum, item| sum.saturating_add(item.cost(cap)))
}

fn note(hidden: usize) -> Fact {
    let words = format!("{hidden} values are not shown here; open the request to see them all");
    let mut fact = Fact::new(FactKind::Hidden, "not shown").run(Run::own(words));
    fact.cut = true;
    fact
}
