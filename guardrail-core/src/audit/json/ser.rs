//! The serializer: every form a value can have, as `serde_json` has it.

use serde::ser::{self, Error as _, Serialize};
use serde_json::Error;

use super::{name, string};
use crate::model::{Text as _, decimal};

/// Writes one value.
pub(super) struct Json<'l>(pub(super) &'l mut Vec<u8>);

/// An array that is being written.
pub(super) struct Array<'l> {
    line: &'l mut Vec<u8>,
    empty: bool,
    /// What closes it, and what it stands in.
    end: &'static str,
}

/// An object that is being written. Its brace comes with the first member.
pub(super) struct Object<'l> {
    line: &'l mut Vec<u8>,
    empty: bool,
    /// What closes it, and what it stands in.
    end: &'static str,
}

impl<'l> Json<'l> {
    fn text(self, text: &str) -> Result<(), Error> {
        self.0.put_all(text);
        Ok(())
    }

    fn array(self, end: &'static str) -> Result<Array<'l>, Error> {
        self.0.push(b'[');
        Ok(Array { line: self.0, empty: true, end })
    }

    fn object(self, end: &'static str) -> Result<Object<'l>, Error> {
        Ok(Object { line: self.0, empty: true, end })
    }

    /// Of a variant that carries something: `{"name":`.
    fn variant(&mut self, variant: &'static str) {
        self.0.put_all("{\"");
        name(variant, self.0);
    }

    fn integer(self, value: i64) -> Result<(), Error> {
        if value < 0 {
            self.0.push(b'-');
        }
        decimal(value.unsigned_abs(), self.0);
        Ok(())
    }
}

impl Array<'_> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        if !self.empty {
            self.line.push(b',');
        }
        self.empty = false;
        value.serialize(Json(self.line))
    }

    fn close(self) -> Result<(), Error> {
        self.line.put_all(self.end);
        Ok(())
    }
}

impl Object<'_> {
    /// Writes what stands before the name of the next member, its quote included.
    fn next(&mut self) {
        self.line.put_all(if self.empty { "{\"" } else { ",\"" });
        self.empty = false;
    }

    fn member<T: Serialize + ?Sized>(
        &mut self,
        member: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.next();
        name(member, self.line);
        value.serialize(Json(self.line))
    }

    fn close(self) -> Result<(), Error> {
        if self.empty {
            self.line.push(b'{');
        }
        self.line.put_all(self.end);
        Ok(())
    }
}

fn fraction() -> Result<(), Error> {
    Err(Error::custom("an event holds no fraction"))
}

impl<'l> ser::Serializer for Json<'l> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Array<'l>;
    type SerializeTuple = Array<'l>;
    type SerializeTupleStruct = Array<'l>;
    type SerializeTupleVariant = Array<'l>;
    type SerializeMap = Object<'l>;
    type SerializeStruct = Object<'l>;
    type SerializeStructVariant = Object<'l>;

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.text(if value { "true" } else { "false" })
    }

    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.integer(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.integer(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.integer(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        self.integer(value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        decimal(value, self.0);
        Ok(())
    }

    fn serialize_f32(self, _: f32) -> Result<(), Error> {
        fraction()
    }

    fn serialize_f64(self, _: f64) -> Result<(), Error> {
        fraction()
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        string(value, self.0);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.text("null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.0.push(b'"');
        self.0.put_all(variant);
        self.0.push(b'"');
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.variant(variant);
        value.serialize(Json(self.0))?;
        self.text("}")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Array<'l>, Error> {
        self.array("]")
    }

    fn serialize_tuple(self, _: usize) -> Result<Array<'l>, Error> {
        self.array("]")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Array<'l>, Error> {
        self.array("]")
    }

    fn serialize_tuple_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Array<'l>, Error> {
        self.variant(variant);
        self.array("]}")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Object<'l>, Error> {
        self.object("}")
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Object<'l>, Error> {
        self.object("}")
    }

    fn serialize_struct_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Object<'l>, Error> {
        self.variant(variant);
        self.object("}}")
    }
}

/// The traits for what has elements.
macro_rules! elements {
    ($($trait:ident $method:ident),*) => {$(
        impl ser::$trait for Array<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.element(value)
            }

            fn end(self) -> Result<(), Error> {
                self.close()
            }
        }
    )*};
}

elements!(
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

/// The traits for what has named members.
macro_rules! members {
    ($($trait:ident),*) => {$(
        impl ser::$trait for Object<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                member: &'static str,
                value: &T,
            ) -> Result<(), Error> {
                self.member(member, value)
            }

            fn end(self) -> Result<(), Error> {
                self.close()
            }
        }
    )*};
}

members!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Object<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        // A key that is text brings its own quote.
        self.line.push(if self.empty { b'{' } else { b',' });
        self.empty = false;
        let begin = self.line.len();
        key.serialize(Json(self.line))?;
        match self.line.get(begin) {
            Some(b'"') => Ok(()),
            _ => Err(Error::custom("a key is text")),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.line.push(b':');
        value.serialize(Json(self.line))
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}
