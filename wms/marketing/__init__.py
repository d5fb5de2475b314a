"""The link to marketing: letters that go out, messages that come in, tasks, proposals and destinations."""
