// expect: 4
void set(int *a, int i)
{
	a[i] = i;
	a[0] = a[i];
	a[i + 1] = 2;
}
