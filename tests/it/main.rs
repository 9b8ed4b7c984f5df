//! The facade as its users meet it: one integration binary.

mod path;
