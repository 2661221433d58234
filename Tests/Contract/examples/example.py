import requests

API_BASE = 'https://your-domain.com/api'
auth_token = None

# Login
def login(username, password):
    global auth_token
    response = requests.post(f'{API_BASE}/auth/login', json={
        'username': username,
        'password': password
    })
    auth_token = response.json()['access_token']
    return response.json()

# Get Dashboard Overview
def get_dashboard():
    response = requests.get(f'{API_BASE}/dashboard/overview', headers={
        'Authorization': f'Bearer {auth_token}'
    })
    return response.json()

# Get Period Stats for All Partners
def get_all_partners_stats(start_date, end_date):
    response = requests.get(f'{API_BASE}/all-partners/period-stats', 
        params={'start_date': start_date, 'end_date': end_date},
        headers={'Authorization': f'Bearer {auth_token}'}
    )
    return response.json()
