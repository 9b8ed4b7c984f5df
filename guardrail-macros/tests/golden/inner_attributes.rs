#[requires_approval(policy = "p")]
async fn f(unused: u8) -> Result<(), Error> {
    #![allow(unused_variables)]
    //! Inside.
    #![expect(dead_code)]
    let x = 1;
    Ok(())
}
