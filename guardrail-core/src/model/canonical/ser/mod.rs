//! Writes any `Serialize` value: our own serializer, so that nothing is guessed or rounded on the
//! way and no private convention of another crate works.

mod compound;
mod key;
mod shown;
mod text;

use std::fmt;

use serde::ser::{Serialize, Serializer};

use self::compound::{Map, Seq, Struct};
use super::error::CaptureError;
use super::write::Writer;
use crate::model::secret;

/// The struct name under which serde_json passes a number as its text.
pub(super) const NUMBER: &str = "$serde_json::private::Number";
/// The struct name under which serde_json passes raw text.
pub(super) const RAW_VALUE: &str = "$serde_json::private::RawValue";

impl<'w> Serializer for &'w mut Writer {
    type Ok = ();
    type Error = CaptureError;
    type SerializeSeq = Seq<'w>;
    type SerializeTuple = Seq<'w>;
    type SerializeTupleStruct = Seq<'w>;
    type SerializeTupleVariant = Seq<'w>;
    type SerializeMap = Map<'w>;
    type SerializeStruct = Struct<'w>;
    type SerializeStructVariant = Map<'w>;

    fn serialize_bool(self, value: bool) -> Result<(), CaptureError> {
        self.bool(value)
    }

    fn serialize_i8(self, value: i8) -> Result<(), CaptureError> {
        self.signed(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), CaptureError> {
        self.signed(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), CaptureError> {
        self.signed(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), CaptureError> {
        self.signed(value.into())
    }

    fn serialize_i128(self, value: i128) -> Result<(), CaptureError> {
        self.signed(value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), CaptureError> {
        self.unsigned(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), CaptureError> {
        self.unsigned(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), CaptureError> {
        self.unsigned(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), CaptureError> {
        self.unsigned(value.into())
    }

    fn serialize_u128(self, value: u128) -> Result<(), CaptureError> {
        self.unsigned(value)
    }

    fn serialize_f32(self, value: f32) -> Result<(), CaptureError> {
        self.f32(value)
    }

    fn serialize_f64(self, value: f64) -> Result<(), CaptureError> {
        self.f64(value)
    }

    fn serialize_char(self, value: char) -> Result<(), CaptureError> {
        self.text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), CaptureError> {
        self.text(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), CaptureError> {
        let array = self.open_array()?;
        for byte in value {
            self.element()?;
            self.unsigned((*byte).into())?;
        }
        self.close_array(array)
    }

    fn serialize_none(self) -> Result<(), CaptureError> {
        self.null()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), CaptureError> {
        let start = self.len();
        self.wrapped(|writer| value.serialize(writer))?;
        self.some_since(start)
    }

    fn serialize_unit(self) -> Result<(), CaptureError> {
        self.null()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), CaptureError> {
        self.null()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), CaptureError> {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), CaptureError> {
        match name {
            secret::MARKER => self.wrapped(|writer| writer.seal(value)),
            _ => self.wrapped(|writer| value.serialize(writer)),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), CaptureError> {
        let mut object = self.open_object()?;
        self.key_text(&mut object, variant)?;
        value.serialize(&mut *self)?;
        self.close_object(object)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Seq<'w>, CaptureError> {
        Seq::open(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Seq<'w>, CaptureError> {
        Seq::open(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Seq<'w>, CaptureError> {
        Seq::open(self)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Seq<'w>, CaptureError> {
        Seq::open_variant(self, variant)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Map<'w>, CaptureError> {
        Map::open(self)
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Struct<'w>, CaptureError> {
        Struct::open(self, name)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Map<'w>, CaptureError> {
        Map::open_variant(self, variant)
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<(), CaptureError> {
        self.begin_text()?;
        self.shown(value)?;
        self.end_text()
    }
}

impl Writer {
    /// Writes a secret: its value as one sealed string, which masking replaces.
    fn seal<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CaptureError> {
        let start = self.len();
        let outermost = !std::mem::replace(&mut self.sealing, true);
        let written = secret::offer(|| value.serialize(&mut *self));
        if outermost {
            self.sealing = false;
        }
        let Some(written) = written else {
            return Err(CaptureError::failed("a secret reached it through another serializer"));
        };
        written?;
        if outermost { self.seal_since(start) } else { Ok(()) }
    }
}
