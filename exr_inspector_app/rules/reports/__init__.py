"""Reports of a verdict: text, JSON, JUnit XML, SARIF and HTML, one module per format."""
