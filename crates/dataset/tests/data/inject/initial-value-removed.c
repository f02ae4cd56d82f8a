// expect: 4
int sum(const int *a, int n)
{
	int s = 0, i = 0;
	static int calls = 0;
	const int step = 1;
	int last = 0;
	calls++;
	for (i = 0; i < n; i += step)
		s += a[i];
	last = s;
	return last;
}
