//! How the diagram looks, light and dark.

/// Style sheet, arrow heads and background.
pub(super) const HEAD: &str = r#"<style>
svg { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-size: 12px }
.back { fill: #ffffff }
text { fill: #1c2733 }
path { fill: none }
.heading { font-size: 20px; font-weight: 600 }
.quiet, text.unseen { fill: #6d7885 }
.name { font-size: 16px; font-weight: 600 }
.seen path { stroke: #2f6690 }
.unseen path { stroke: #b4bdc7; stroke-dasharray: 5 4 }
.wrong path { stroke: #c62828 }
.wrong .ring { fill: none; stroke: #c62828; stroke-width: 2px }
.claim { fill: #b71c1c; font-weight: 600 }
.place.seen rect { fill: #e8f1f8; stroke: #2f6690; stroke-width: 1.6px }
.place.unseen rect { fill: #f6f7f9; stroke: #b4bdc7; stroke-dasharray: 5 4 }
.place.unseen .name { fill: #6d7885 }
#seen path { fill: #2f6690; stroke: none }
#unseen path { fill: #b4bdc7; stroke: none }
#wrong path { fill: #c62828; stroke: none }
@media (prefers-color-scheme: dark) {
.back { fill: #12171d }
text { fill: #e4eaf0 }
.quiet, text.unseen { fill: #8d99a6 }
.seen path { stroke: #79b4e0 }
.unseen path { stroke: #4b5763 }
.wrong path, .wrong .ring { stroke: #ff7d73 }
.claim { fill: #ff9b93 }
.place.seen rect { fill: #1b2b39; stroke: #79b4e0 }
.place.unseen rect { fill: #181e25; stroke: #4b5763 }
.place.unseen .name { fill: #8d99a6 }
#seen path { fill: #79b4e0 }
#unseen path { fill: #4b5763 }
#wrong path { fill: #ff7d73 }
}
</style>
<defs>
<marker id="seen" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z"/></marker>
<marker id="unseen" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z"/></marker>
<marker id="wrong" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="10" markerHeight="10" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z"/></marker>
</defs>
<rect class="back" width="100%" height="100%"/>
"#;

/// What the lines mean.
pub(super) const LEGEND: &str = r#"<g class="seen"><path d="M20 866H60" stroke-width="1.7" marker-end="url(#seen)"/><text x="68" y="870">seen, and how often</text></g>
<g class="unseen"><path d="M220 866H260" stroke-width="1.2" marker-end="url(#unseen)"/><text class="unseen" x="268" y="870">documented, never seen</text></g>
<g class="wrong"><path d="M440 866H480" stroke-width="2" marker-end="url(#wrong)"/><text x="488" y="870">not documented</text></g>
"#;
