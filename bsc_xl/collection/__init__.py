"""What came back: the figures of many units' workbooks as one data set, what is wrong with them, and the archive."""
