// expect: 5
int sum(const int *a, int n)
{
	int s = 0, i;
	for (i = 0; i < n; i++)
		s += a[i];
	for (i = 0; i < n; i++)
		s++;
	return s;
}
