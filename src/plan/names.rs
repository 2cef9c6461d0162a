//! Plans with other names: what is done stays as it is.

use super::{Action, F, I, Plan, Step};

impl Action {
    /// The same, done to other functions and images.
    #[must_use]
    pub fn named(&self, function: impl Fn(F) -> F, image: impl Fn(I) -> I) -> Self {
        match *self {
            Self::Create(f, i) => Self::Create(function(f), image(i)),
            Self::Update(f, i) => Self::Update(function(f), image(i)),
            Self::Get(f) => Self::Get(function(f)),
            Self::Invoke(f) => Self::Invoke(function(f)),
            Self::Delete(f) => Self::Delete(function(f)),
            Self::Idle(f) => Self::Idle(function(f)),
            Self::Await(f) => Self::Await(function(f)),
            Self::Watch(f) => Self::Watch(function(f)),
            Self::Settle(f) => Self::Settle(function(f)),
            Self::Pause(hundredths) => Self::Pause(hundredths),
            Self::Image(i, change) => Self::Image(image(i), change),
        }
    }
}

impl Plan {
    /// The same, done to other functions and images.
    #[must_use]
    pub fn named(&self, function: impl Fn(F) -> F, image: impl Fn(I) -> I) -> Self {
        let step = |step: &Step| Step(step.0.iter().map(|action| action.named(&function, &image)).collect());
        Self { steps: self.steps.iter().map(step).collect() }
    }

    /// The same with the first names, in the order in which they come up.
    #[must_use]
    pub fn compact(&self) -> Self {
        let mut functions: Vec<F> = Vec::new();
        let mut images: Vec<I> = Vec::new();
        for action in self.actions() {
            functions.extend(action.function().filter(|f| !functions.contains(f)));
            images.extend(action.image().filter(|i| !images.contains(i)));
        }
        self.named(|f| F(place(&functions, f)), |i| I(place(&images, i)))
    }
}

fn place<T: PartialEq>(known: &[T], one: T) -> u8 {
    known.iter().position(|other| *other == one).and_then(|place| u8::try_from(place).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_given_in_the_order_in_which_they_come_up() {
        let plan: Plan = "hold C; create h B; update h C; get g".parse().unwrap();
        assert_eq!(plan.compact().to_string(), "hold A\ncreate f B\nupdate f A\nget g");
    }
}
