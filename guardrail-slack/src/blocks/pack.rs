//! Rich text blocks, filled one after the other so that none grows too long.

use slackblocks::{Block, RichTextBlock, RichTextBlockElement};

use super::error::Error;
use super::measure::{BLOCK, cost};

/// Most elements of one rich text block.
const ELEMENTS: usize = 40;

/// An element and what its texts cost.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    element: RichTextBlockElement,
    cost: usize,
}

impl Piece {
    pub(super) fn new(element: RichTextBlockElement, texts: &[&str]) -> Self {
        Self { element, cost: texts.iter().map(|text| cost(text)).sum() }
    }
}

/// Fills rich text blocks with groups of pieces; a group stays together where it fits.
#[derive(Debug, Default)]
pub(super) struct Pack {
    blocks: Vec<Block>,
    open: Vec<RichTextBlockElement>,
    cost: usize,
}

impl Pack {
    /// Adds what belongs together: a label, its value, what is to be said of it.
    pub(super) fn add(&mut self, group: Vec<Piece>) -> Result<(), Error> {
        let cost: usize = group.iter().map(|piece| piece.cost).sum();
        let fits = self.cost.saturating_add(cost) <= BLOCK
            && self.open.len().saturating_add(group.len()) <= ELEMENTS;
        if !fits {
            self.close()?;
        }
        for piece in group {
            self.cost = self.cost.saturating_add(piece.cost);
            self.open.push(piece.element);
        }
        Ok(())
    }

    /// Begins a new block, so that what follows stands apart.
    pub(super) fn close(&mut self) -> Result<(), Error> {
        if !self.open.is_empty() {
            let elements = std::mem::take(&mut self.open);
            self.blocks.push(RichTextBlock::builder().elements(elements).build()?.into());
            self.cost = 0;
        }
        Ok(())
    }

    /// How many blocks are closed.
    pub(super) const fn closed(&self) -> usize {
        self.blocks.len()
    }

    /// The blocks.
    pub(super) fn finish(mut self) -> Result<Vec<Block>, Error> {
        self.close()?;
        Ok(self.blocks)
    }
}
