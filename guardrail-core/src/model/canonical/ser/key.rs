//! Map keys: whatever has one text of its own, as serde_json writes it; nothing else.

use std::fmt;

use serde::ser::{Impossible, Serialize, Serializer};

use crate::model::canonical::error::CaptureError;
use crate::model::canonical::write::Writer;
use crate::model::secret;

/// Writes one key between its quotes.
pub(super) struct KeyWriter<'w>(pub(super) &'w mut Writer);

type Never = Impossible<(), CaptureError>;

impl Serializer for KeyWriter<'_> {
    type Ok = ();
    type Error = CaptureError;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    fn serialize_bool(self, value: bool) -> Result<(), CaptureError> {
        self.0.push(if value { "true" } else { "false" })
    }

    fn serialize_i8(self, value: i8) -> Result<(), CaptureError> {
        self.0.display(value)
    }

    fn serialize_i16(self, value: i16) -> Result<(), CaptureError> {
        self.0.display(value)
    }

    fn serialize_i32(self, value: i32) -> Result<(), CaptureError> {
        self.0.display(value)
    }

    fn serialize_i64(self, value: i64) -> Result<(), CaptureError> {
        self.0.display(value)
    }

    fn serialize_i128(self, value: i128) -> Result<(), CaptureError> {
        self.0.display(value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), CaptureError> {
        self.0.display(value)
    }

    fn serialize_u16(self, value: u16) -> Result<(), CaptureError> {
        self.0.display(value)
    }

    fn serialize_u32(self, value: u32) -> Result<(), CaptureError> {
        self.0.display(value)
    }

    fn serialize_u64(self, value: u64) -> Result<(), CaptureError> {
        self.0.display(value)
    }

    fn serialize_u128(self, value: u128) -> Result<(), CaptureError> {
        self.0.display(value)
    }

    fn serialize_f32(self, _: f32) -> Result<(), CaptureError> {
        Err(CaptureError::KeyNotText)
    }

    fn serialize_f64(self, _: f64) -> Result<(), CaptureError> {
        Err(CaptureError::KeyNotText)
    }

    fn serialize_char(self, value: char) -> Result<(), CaptureError> {
        self.0.first_piece(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), CaptureError> {
        self.0.first_piece(value)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), CaptureError> {
        Err(CaptureError::KeyNotText)
    }

    fn serialize_none(self) -> Result<(), CaptureError> {
        Err(CaptureError::KeyNotText)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), CaptureError> {
        Err(CaptureError::KeyNotText)
    }

    fn serialize_unit(self) -> Result<(), CaptureError> {
        Err(CaptureError::KeyNotText)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), CaptureError> {
        Err(CaptureError::KeyNotText)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), CaptureError> {
        self.0.first_piece(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), CaptureError> {
        // A secret cannot be a key: its place in the order would tell about it.
        if name == secret::MARKER {
            return Err(CaptureError::KeyNotText);
        }
        self.0.wrapped(|writer| value.serialize(KeyWriter(writer)))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), CaptureError> {
        Err(CaptureError::KeyNotText)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Never, CaptureError> {
        Err(CaptureError::KeyNotText)
    }

    fn serialize_tuple(self, _: usize) -> Result<Never, CaptureError> {
        Err(CaptureError::KeyNotText)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Never, CaptureError> {
        Err(CaptureError::KeyNotText)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never, CaptureError> {
        Err(CaptureError::KeyNotText)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Never, CaptureError> {
        Err(CaptureError::KeyNotText)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Never, CaptureError> {
        Err(CaptureError::KeyNotText)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never, CaptureError> {
        Err(CaptureError::KeyNotText)
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<(), CaptureError> {
        self.0.shown(value)
    }
}
