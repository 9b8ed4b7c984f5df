//! Arrays, objects and variants while a value writes them; a value that breaks serde's order of
//! calls, or drops an error, is refused.

use serde::ser::{self, Serialize};

use super::key::KeyWriter;
use super::text::TextOf;
use super::{NUMBER, RAW_VALUE};
use crate::model::canonical::error::CaptureError;
use crate::model::canonical::strict;
use crate::model::canonical::write::{Array, Object, Writer};

/// An array, or `{"Variant":[..]}`.
pub(in crate::model::canonical) struct Seq<'w> {
    writer: &'w mut Writer,
    array: Array,
    variant: Option<Object>,
}

impl<'w> Seq<'w> {
    pub(in crate::model::canonical) fn open(writer: &'w mut Writer) -> Result<Self, CaptureError> {
        let array = writer.open_array()?;
        Ok(Self { writer, array, variant: None })
    }

    pub(in crate::model::canonical) fn open_variant(
        writer: &'w mut Writer,
        variant: &'static str,
    ) -> Result<Self, CaptureError> {
        let mut outer = writer.open_object()?;
        writer.key_text(&mut outer, variant)?;
        let array = writer.open_array()?;
        Ok(Self { writer, array, variant: Some(outer) })
    }

    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CaptureError> {
        let writer = &mut *self.writer;
        let written = writer.element().and_then(|()| value.serialize(&mut *writer));
        writer.poisoned |= written.is_err();
        written
    }

    fn close(self) -> Result<(), CaptureError> {
        self.writer.close_array(self.array)?;
        self.variant.map_or(Ok(()), |outer| self.writer.close_object(outer))
    }
}

/// An object, or `{"Variant":{..}}`.
pub(in crate::model::canonical) struct Map<'w> {
    writer: &'w mut Writer,
    object: Object,
    variant: Option<Object>,
    /// A key was written and its value was not.
    owes_value: bool,
}

impl<'w> Map<'w> {
    pub(in crate::model::canonical) fn open(writer: &'w mut Writer) -> Result<Self, CaptureError> {
        let object = writer.open_object()?;
        Ok(Self { writer, object, variant: None, owes_value: false })
    }

    pub(in crate::model::canonical) fn open_variant(
        writer: &'w mut Writer,
        variant: &'static str,
    ) -> Result<Self, CaptureError> {
        let mut outer = writer.open_object()?;
        writer.key_text(&mut outer, variant)?;
        let object = writer.open_object()?;
        Ok(Self { writer, object, variant: Some(outer), owes_value: false })
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), CaptureError> {
        let written = self.try_key(key);
        self.writer.poisoned |= written.is_err();
        written
    }

    fn try_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), CaptureError> {
        if std::mem::replace(&mut self.owes_value, true) {
            return Err(CaptureError::failed("a key came without its value"));
        }
        self.writer.begin_key(&self.object)?;
        key.serialize(KeyWriter(&mut *self.writer))?;
        self.writer.end_key(&mut self.object)
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CaptureError> {
        let written = if std::mem::replace(&mut self.owes_value, false) {
            value.serialize(&mut *self.writer)
        } else {
            Err(CaptureError::failed("a value came without its key"))
        };
        self.writer.poisoned |= written.is_err();
        written
    }

    fn field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), CaptureError> {
        let writer = &mut *self.writer;
        let written =
            writer.key_text(&mut self.object, key).and_then(|()| value.serialize(&mut *writer));
        writer.poisoned |= written.is_err();
        written
    }

    fn close(self) -> Result<(), CaptureError> {
        if self.owes_value {
            return Err(CaptureError::failed("a key came without its value"));
        }
        self.writer.close_object(self.object)?;
        self.variant.map_or(Ok(()), |outer| self.writer.close_object(outer))
    }
}

/// A struct; or one of the two structs as which serde_json passes text of its own.
pub(in crate::model::canonical) enum Struct<'w> {
    Plain(Map<'w>),
    Number { writer: &'w mut Writer, done: bool },
    Raw { writer: &'w mut Writer, done: bool },
}

impl<'w> Struct<'w> {
    pub(in crate::model::canonical) fn open(
        writer: &'w mut Writer,
        name: &'static str,
    ) -> Result<Self, CaptureError> {
        Ok(match name {
            NUMBER => Self::Number { writer, done: false },
            RAW_VALUE => Self::Raw { writer, done: false },
            _ => Self::Plain(Map::open(writer)?),
        })
    }

    fn field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), CaptureError> {
        let (writer, done) = match self {
            Self::Plain(map) => return map.field(key, value),
            Self::Number { writer, done } | Self::Raw { writer, done } => (writer, done),
        };
        let again = std::mem::replace(done, true);
        let written = value.serialize(TextOf(|text: &str| match key {
            _ if again => Err(CaptureError::failed("a raw value came twice")),
            NUMBER => strict::splice_number(writer, text),
            RAW_VALUE => strict::splice_json(writer, text),
            _ => Err(CaptureError::failed("a raw value has another field")),
        }));
        writer.poisoned |= written.is_err();
        written
    }
}

impl ser::SerializeSeq for Seq<'_> {
    type Ok = ();
    type Error = CaptureError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CaptureError> {
        self.push(value)
    }

    fn end(self) -> Result<(), CaptureError> {
        self.close()
    }
}

impl ser::SerializeTuple for Seq<'_> {
    type Ok = ();
    type Error = CaptureError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CaptureError> {
        self.push(value)
    }

    fn end(self) -> Result<(), CaptureError> {
        self.close()
    }
}

impl ser::SerializeTupleStruct for Seq<'_> {
    type Ok = ();
    type Error = CaptureError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CaptureError> {
        self.push(value)
    }

    fn end(self) -> Result<(), CaptureError> {
        self.close()
    }
}

impl ser::SerializeTupleVariant for Seq<'_> {
    type Ok = ();
    type Error = CaptureError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CaptureError> {
        self.push(value)
    }

    fn end(self) -> Result<(), CaptureError> {
        self.close()
    }
}

impl ser::SerializeMap for Map<'_> {
    type Ok = ();
    type Error = CaptureError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), CaptureError> {
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CaptureError> {
        self.value(value)
    }

    fn end(self) -> Result<(), CaptureError> {
        self.close()
    }
}

impl ser::SerializeStructVariant for Map<'_> {
    type Ok = ();
    type Error = CaptureError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), CaptureError> {
        self.field(key, value)
    }

    fn end(self) -> Result<(), CaptureError> {
        self.close()
    }
}

impl ser::SerializeStruct for Struct<'_> {
    type Ok = ();
    type Error = CaptureError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), CaptureError> {
        self.field(key, value)
    }

    fn end(self) -> Result<(), CaptureError> {
        match self {
            Self::Plain(map) => map.close(),
            Self::Number { done: true, .. } | Self::Raw { done: true, .. } => Ok(()),
            Self::Number { .. } | Self::Raw { .. } => {
                Err(CaptureError::failed("a raw value came without its text"))
            }
        }
    }
}
