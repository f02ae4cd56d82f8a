// expect: 4
int get(const int *a, int n, int i)
{
	if (i < 0 || i >= n)
		return -1;
	return a[i];
}
int quiet(int n, int i)
{
	if (i >= n)
		return -1;
	return i;
}
