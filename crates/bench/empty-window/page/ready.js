document.title = 'Empty · ready';
