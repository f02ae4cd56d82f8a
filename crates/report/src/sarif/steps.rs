//! The way through the code: code flows and stacks.

use super::context::Context;
use super::convert::said;
use super::model::{Finding, ThreadFlowLocation, each, index, int};
use crate::{Location, Step};

impl Context {
    /// Every step of every thread flow, the first tagged with what is said of the whole way, and behind them every frame of every stack.
    pub(super) fn steps(&self, finding: &Finding) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut flow = 0;
        for way in each(&finding.code_flows) {
            let mut tag = Some(said(&way.message)).filter(|text| !text.is_empty());
            for thread in each(&way.thread_flows) {
                steps.extend(each(&thread.locations).map(|own| {
                    let step = self.step(own, flow);
                    Step { tag: step.tag.clone().or_else(|| tag.take()), ..step }
                }));
                flow += 1;
            }
        }
        for stack in each(&finding.stacks) {
            let tag = Some(said(&stack.message)).filter(|text| !text.is_empty());
            for frame in each(&stack.frames) {
                let object = frame.location.as_ref();
                let location = object.map_or_else(Location::default, |own| self.location(own));
                let message = object.map(|own| said(&own.message)).unwrap_or_default();
                let tag = tag.clone();
                steps.push(Step { tag, flow, ..Step::new(location, message) });
            }
            flow += 1;
        }
        steps
    }

    /// A step, with what it leaves to the run's list of steps taken from there.
    fn step(&self, own: &ThreadFlowLocation, flow: u32) -> Step {
        let listed = index(own.index).and_then(|at| self.flow_locations.get(at));
        let listed = listed.unwrap_or(own);
        let object = own.location.as_ref().or(listed.location.as_ref());
        let kinds = own.kinds.as_ref().or(listed.kinds.as_ref());
        let nesting = int(own.nesting_level.or(listed.nesting_level)).unwrap_or(0);
        Step {
            location: object.map_or_else(Location::default, |object| self.location(object)),
            message: object.map(|object| said(&object.message)).unwrap_or_default(),
            tag: kinds.filter(|kinds| !kinds.is_empty()).map(|kinds| kinds.join(", ")),
            importance: own.importance.clone().or_else(|| listed.importance.clone()),
            nesting: u32::try_from(nesting).unwrap_or(u32::MAX),
            is_key: false,
            flow,
        }
    }
}
