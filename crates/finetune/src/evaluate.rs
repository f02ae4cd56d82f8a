//! The loss of a model on examples it is not trained on.

use burn::module::Module;
use burn::tensor::{Int, Tensor};
use fixwright_llama::model::Model;
use serde::{Deserialize, Serialize};

use crate::backward::{chosen, logits};
use crate::batch::{Batch, Targets};
use crate::error::Result;
use crate::example::Example;

/// Mean losses, in nats a token, over the answers of several examples; the mask of training plays no part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Evaluation {
    /// Over all tokens of the answers and their ends.
    pub loss: f64,
    /// Over the tokens in changed parts; 0 if there are none.
    pub changed_loss: f64,
    /// How many tokens there are.
    pub tokens: usize,
    /// How many of them are in changed parts.
    pub changed_tokens: usize,
    /// How many examples there are.
    pub examples: usize,
    /// Of how many of them each token of the answer is the most likely one: greedy decoding would give just this answer.
    pub reproduced: usize,
}

/// Evaluates a model, without dropout, one example at a time.
///
/// # Errors
///
/// An example that is longer than the model's context.
pub fn evaluate<'a>(
    model: &Model,
    examples: impl IntoIterator<Item = &'a Example>,
) -> Result<Evaluation> {
    let model = model.valid().with_dropout(0.0, 0);
    let (mut all, mut changed) = (Mean::default(), Mean::default());
    let (mut count, mut reproduced) = (0, 0);
    for example in examples {
        let (losses, hit) = losses(&model, example)?;
        count += 1;
        reproduced += usize::from(hit);
        for (loss, is_changed) in losses.iter().zip(&example.changed[example.prompt..]) {
            all.add(*loss);
            if *is_changed {
                changed.add(*loss);
            }
        }
    }
    Ok(Evaluation {
        loss: all.value(),
        changed_loss: changed.value(),
        tokens: all.count,
        changed_tokens: changed.count,
        examples: count,
        reproduced,
    })
}

/// The negative log-probability of each token of the answer, its end included, and whether each is the most likely one.
fn losses(model: &Model, example: &Example) -> Result<(Vec<f64>, bool)> {
    let mut whole = example.clone();
    for (index, weight) in whole.weights.iter_mut().enumerate() {
        *weight = if index < example.prompt { 0.0 } else { 1.0 };
    }
    let batch = Batch::new([&whole], model.config().context_length)?;
    let device = model.device();
    let packed = model.pack(batch.lengths());
    let embedded = model.embed(batch.inputs(&device));
    let blocks = model.layers().iter();
    let x = blocks.fold(embedded, |x, layer| layer.forward_packed(x, &packed));
    let (mut losses, mut hit) = (Vec::new(), true);
    for Targets { rows, ids, .. } in batch.targets(&device) {
        let logits = logits(model, x.clone().select(0, rows));
        let likeliest: Tensor<1, Int> = logits.clone().argmax(1).squeeze_dim(1);
        hit &= likeliest.equal(ids.clone()).all().into_scalar::<bool>();
        let found = chosen(logits, ids).into_data();
        losses.extend(found.iter::<f32>().map(|x| -f64::from(x)));
    }
    Ok((losses, hit))
}

#[derive(Default)]
struct Mean {
    sum: f64,
    count: usize,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    fn value(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / self.count as f64 }
    }
}
