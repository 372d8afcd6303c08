use crate::body::Person;
use pay::Handle;

impl Person {
    /// Whether this is somebody who paid in the browser without an account: the handle is one that nobody can claim,
    /// the name (possibly empty) is what they typed, unchecked, and there is nobody to pay back.
    pub fn is_guest(&self) -> bool {
        Handle::parse(&self.handle).is_ok_and(|handle| handle.is_guest())
    }
}
