// expect: 4
void clear(int *a, int n)
{
	for (int i = n - 1; i >= 0; i--)
		a[i] = 0;
	for (int i = n - 1; i > 0; i--)
		a[i] = 0;
	for (n = 3; n >= 0; n--)
		a[n] = 0;
}
