// expect: 4
int first(const int *a, int i)
{
	int x = a[i];
	a[i];
	return a[0] + x;
}
int quiet(int *a, int i)
{
	a[i] = 1;
	return *(&a[i]);
}
