//! Arrays and objects in the making: commas, depth, and the order of members.

use std::cmp::Ordering;
use std::mem;

use super::{Member, Writer};
use crate::model::canonical::error::CaptureError;
use crate::model::canonical::order;

/// An array that is open.
#[derive(Debug)]
pub(in crate::model::canonical) struct Array(());

/// An object that is open.
#[derive(Debug)]
pub(in crate::model::canonical) struct Object {
    /// Behind the opening brace.
    start: usize,
    /// The first of its members.
    first: usize,
    /// Keys came in order so far.
    sorted: bool,
}

impl Writer {
    pub(in crate::model::canonical) fn open_array(&mut self) -> Result<Array, CaptureError> {
        self.deeper()?;
        self.push("[")?;
        Ok(Array(()))
    }

    /// Must come before every element.
    pub(in crate::model::canonical) fn element(&mut self) -> Result<(), CaptureError> {
        if self.out.as_bytes().last() == Some(&b'[') { Ok(()) } else { self.push(",") }
    }

    pub(in crate::model::canonical) fn close_array(
        &mut self,
        Array(()): Array,
    ) -> Result<(), CaptureError> {
        self.depth -= 1;
        self.push("]")
    }

    pub(in crate::model::canonical) fn open_object(&mut self) -> Result<Object, CaptureError> {
        self.deeper()?;
        self.push("{")?;
        Ok(Object { start: self.out.len(), first: self.members.len(), sorted: true })
    }

    /// Opens a key; its pieces follow, then [`end_key`](Self::end_key), then the value.
    pub(in crate::model::canonical) fn begin_key(
        &mut self,
        object: &Object,
    ) -> Result<(), CaptureError> {
        let end = self.out.len();
        if end > object.start {
            if let Some(last) = self.members.last_mut() {
                last.end = end;
            }
            self.push(",")?;
        }
        self.members.push(Member { start: self.out.len(), key_end: 0, end: 0, simple: false });
        self.push("\"")
    }

    pub(in crate::model::canonical) fn end_key(
        &mut self,
        object: &mut Object,
    ) -> Result<(), CaptureError> {
        let key_end = self.out.len();
        self.push("\":")?;
        let Some(this) = self.members.last_mut() else { return Ok(()) };
        this.key_end = key_end;
        this.simple = self.out.get(this.start + 1..key_end).is_some_and(order::is_simple);
        let own = self.members.get(object.first..).unwrap_or_default();
        if let [.., before, this] = own
            && object.sorted
        {
            object.sorted = self.compare(before, this).is_lt();
        }
        Ok(())
    }

    /// A whole plain key.
    pub(in crate::model::canonical) fn key_text(
        &mut self,
        object: &mut Object,
        key: &str,
    ) -> Result<(), CaptureError> {
        self.begin_key(object)?;
        self.first_piece(key)?;
        self.end_key(object)
    }

    pub(in crate::model::canonical) fn close_object(
        &mut self,
        object: Object,
    ) -> Result<(), CaptureError> {
        self.depth -= 1;
        if !object.sorted {
            self.sort(&object)?;
        }
        self.members.truncate(object.first);
        self.push("}")
    }

    fn deeper(&mut self) -> Result<(), CaptureError> {
        self.node()?;
        let limit = self.bounds.deepest();
        if self.depth >= limit {
            return Err(CaptureError::TooDeep { limit });
        }
        self.depth += 1;
        Ok(())
    }

    /// What stands between the quotes of a key.
    fn key(&self, member: &Member) -> &str {
        self.part(member.start + 1, member.key_end)
    }

    fn compare(&self, left: &Member, right: &Member) -> Ordering {
        let keys = (self.key(left), self.key(right));
        if left.simple && right.simple {
            keys.0.cmp(keys.1)
        } else {
            order::compare(keys.0, keys.1)
        }
    }

    /// Puts the members of the innermost object in order.
    fn sort(&mut self, object: &Object) -> Result<(), CaptureError> {
        let end = self.out.len();
        let mut members = mem::take(&mut self.members);
        if let Some(last) = members.last_mut() {
            last.end = end;
        }
        let own = members.get_mut(object.first..).unwrap_or_default();
        own.sort_unstable_by(|left, right| self.compare(left, right));
        let twice = own.windows(2).any(|pair| match pair {
            [left, right] => self.key(left) == self.key(right),
            _ => false,
        });
        let mut sorted = mem::take(&mut self.scratch);
        sorted.clear();
        for member in own.iter() {
            if !sorted.is_empty() {
                sorted.push(',');
            }
            sorted.push_str(self.part(member.start, member.end));
        }
        self.out.truncate(object.start);
        self.out.push_str(&sorted);
        self.scratch = sorted;
        self.members = members;
        if twice { Err(CaptureError::DuplicateKey) } else { Ok(()) }
    }
}
