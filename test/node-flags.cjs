// Node makes this list once and keeps it on its own `process`. Tests have a copy of that object,
// where axios, which looks at the list for each request, would have it made anew each time.
const flags = process.allowedNodeEnvironmentFlags;
Object.defineProperty(process, 'allowedNodeEnvironmentFlags', { value: flags });
