// expect: 5
int count(int n)
{
	int i, j = 0;
	for (i = 0; i < n; i++)
		j++;
	for (i = 0; i < n; j++)
		i++;
	for (i = n; i < n; i--)
		j++;
	return j;
}
