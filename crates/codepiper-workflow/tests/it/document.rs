//! The examples of the documentation are workflows.

use codepiper_workflow::Source;

#[test]
fn every_example_is_a_workflow() {
    let document = include_str!("../../../../docs/workflows.md");
    let examples = document.split("```yaml\n").skip(1);
    let mut count = 0;
    for example in examples {
        let (text, _) = example.split_once("```").unwrap();
        let read = Source::text(text).unwrap().read();
        assert!(read.is_ok(), "{text}{read:#?}");
        count += 1;
    }
    assert!(count > 3);
}
