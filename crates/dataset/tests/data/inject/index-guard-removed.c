// expect: 4
void set(int *a, int n, int i)
{
	if (i < n)
		a[i] = 1;
}
void quiet(int *a, int n, int i)
{
	if (i < n)
		n = a[i];
	else
		a[0] = n;
}
