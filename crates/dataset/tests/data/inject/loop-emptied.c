// expect: 5
int count(int n, int y)
{
	int i, j = 0;
	for (i = 0; i < n; i++)
		j++;
	for (int k = 0; k < n; k++)
		j += k;
	for (i = 0; i < n; i++)
		if (i == y)
			break;
	if (y)
		for (i = 0; i < n; i++)
			j++;
	else
		j = 1;
	return j;
}
