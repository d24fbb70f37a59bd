// Loaded into an n8n under test: each SIGUSR2 moves its clock on by twenty minutes.
const now = Date.now.bind(Date);
let ahead = 0;
Date.now = () => now() + ahead;
process.on('SIGUSR2', () => {
	ahead += 20 * 60_000;
});
